"""HTTP clients for checks: one client a check, no proxy for this machine, the body checked with the status."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import httpx

from drills.checks.artifacts import new_tag
from drills.checks.result import CheckFailed
from drills.common.client_addresses import random_address
from drills.common.limited_http import LimitedClient
from drills.common.network import is_loopback
from drills.common.prometheus import Prometheus
from drills.common.waiting import wait_until

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from drills.checks.target import Target

SHOWN = 200  # characters of a body that an error text repeats
OK = 200
TOO_MANY = 429
AGENT = "runbook-checks"
RUN = new_tag()
"""The value of SYNTHETIC in all requests of this run, by which logs of the system and its proxies can be searched."""
SYNTHETIC = "X-Synthetic-Traffic"
"""The header by which a system tells the requests of checks from those of its users."""
_reading = Lock()


def client(target: Target, base_url: str | None) -> httpx.Client:
    """Return a client for one part of `target`; it follows no redirect, and a request takes `target.timeout_s` seconds.

    On this machine it has a client address of its own, because limits count per address.
    """
    local = on_this_machine(base_url)
    return LimitedClient(
        target.timeout_s,
        base_url=base_url or "",
        headers=marks(base_url),
        trust_env=not local,
        verify=trusted(target.ca_file),
    )


def marks(base_url: str | None) -> dict[str, str]:
    """Return the headers by which the system at `base_url` knows one synthetic client."""
    address = {"X-Forwarded-For": random_address()} if on_this_machine(base_url) else {}
    return {"User-Agent": AGENT, SYNTHETIC: RUN, **address}


def trusted(ca_file: str | None) -> ssl.SSLContext:
    """Return the authorities to trust: the usual ones, and those in *ca_file*.

    Reading them takes longer than a whole check, so it is done once, by the first thread that needs them.
    """
    with _reading:
        return _read_authorities(ca_file)


@cache
def _read_authorities(ca_file: str | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def get(target: Target, base_url: str | None, path: str) -> httpx.Response:
    """Return the answer to GET `path`; raises CheckFailed unless it is 200."""
    with client(target, base_url) as http:
        return expect(http.get(path), OK)


@contextmanager
def prometheus_api(target: Target) -> Iterator[Prometheus]:
    """Yield the API of the target's Prometheus."""
    with client(target, target.prometheus_url) as http:
        yield Prometheus(http)


def patiently(target: Target, send: Callable[[], httpx.Response]) -> httpx.Response:
    """Return the answer to `send`, repeated after each 429 as it asks, for `target.deadline_s` seconds in all.

    On another machine all checks have one client address, and a limit on that is no fault of the system.
    Raises CheckFailed for a 429 without seconds in Retry-After, WaitTimeout when the deadline passes.
    """
    return wait_until(
        send,
        done=lambda answer: answer.status_code != TOO_MANY,
        deadline_s=target.deadline_s,
        poll_s=_retry_after_s,
        expected="another answer than 429 after the time that it asks for",
        where=target.front_url,
        next_step="find what else sends requests from this address, and pause it",
    )


def _retry_after_s(answer: httpx.Response) -> float:
    try:
        return max(1.0, float(answer.headers["retry-after"]))
    except (KeyError, ValueError):
        raise CheckFailed(f"{_asked(answer)} -> 429 without seconds in Retry-After: {brief(answer)}") from None


def expect(response: httpx.Response, *statuses: int) -> httpx.Response:
    """Return `response` when it has one of `statuses`; raises CheckFailed with the beginning of its body otherwise."""
    if response.status_code not in statuses:
        raise CheckFailed(f"{_asked(response)} -> {response.status_code} {brief(response)}")
    return response


def _asked(response: httpx.Response) -> str:
    return f"{response.request.method} {response.request.url.path}"


def body(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object of `response`; raises CheckFailed when it is anything else."""
    try:
        content = response.json()
    except ValueError:
        raise CheckFailed(f"{response.status_code} with no JSON: {brief(response)}") from None
    if not isinstance(content, dict):
        raise CheckFailed(f"{response.status_code} with no JSON object: {brief(response)}")
    return content


def brief(response: httpx.Response) -> str:
    """Return the beginning of a body as one line, or where a redirect leads and what to do about it."""
    if response.has_redirect_location:
        to = response.request.url.join(response.headers["location"])
        address = to.copy_with(query=None, fragment=None, userinfo=b"")
        return f"to {address}; where the system is there, write {address.copy_with(path='')} as front_url"
    return " ".join(response.text.split())[:SHOWN] or "(empty body)"


def said(response: httpx.Response) -> str:
    """Return the status and the sentence of an error, or the beginning of its body where it has none."""
    try:
        message = body(response).get("message")
    except CheckFailed:
        message = None
    return f"{response.status_code}: {' '.join(str(message or brief(response)).split())[:SHOWN]}"


def on_this_machine(url: str | None) -> bool:
    """Whether `url` is on a loopback address; a name other than localhost is not resolved."""
    return is_loopback(httpx.URL(url or "").host)
