"""HTTP as the probes use it: one client a look, no proxy for this machine, the body checked with the status."""

from __future__ import annotations

import ipaddress
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx

from checks.addresses import random_address
from checks.reading import Unexpected

if TYPE_CHECKING:
    import ssl

    from checks.target import Target

SHOWN = 200  # characters of a body that an error text repeats
OK = 200
SYNTHETIC = "X-Synthetic-Traffic"
"""The header by which a system tells our requests from those of people."""


def client(target: Target, base_url: str | None) -> httpx.Client:
    """Return a client for one part of `target`; it follows no redirect and gives up after `target.timeout_s`.

    On this machine it asks as a student at an address of their own, because the limits count per address.
    """
    local = on_this_machine(base_url)
    return httpx.Client(
        base_url=base_url or "",
        timeout=target.timeout_s,
        headers=marks(base_url),
        trust_env=not local,
        verify=_tls(),
    )


def marks(base_url: str | None) -> dict[str, str]:
    """Return the headers by which the system at `base_url` knows one synthetic student."""
    address = {"X-Forwarded-For": random_address()} if on_this_machine(base_url) else {}
    return {SYNTHETIC: "checks", **address}


@cache
def _tls() -> ssl.SSLContext:
    """Return the certificates to trust; reading them takes longer than a whole probe, so it is done once."""
    return httpx.create_ssl_context()


def get(target: Target, base_url: str | None, path: str) -> httpx.Response:
    """Return the answer to GET `path`; raises Unexpected unless it is 200."""
    with client(target, base_url) as http:
        return expect(http.get(path), OK)


def expect(response: httpx.Response, status: int) -> httpx.Response:
    """Return `response` when it has `status`; raises Unexpected with the beginning of its body otherwise."""
    if response.status_code != status:
        raise Unexpected(
            f"{response.request.method} {response.request.url.path} -> {response.status_code} {brief(response)}"
        )
    return response


def body(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object of `response`; raises Unexpected when it is anything else."""
    try:
        found = response.json()
    except ValueError:
        raise Unexpected(f"{response.status_code} with no JSON: {brief(response)}") from None
    if not isinstance(found, dict):
        raise Unexpected(f"{response.status_code} with no JSON object: {brief(response)}")
    return found


def brief(response: httpx.Response) -> str:
    """Return the beginning of a body as one line."""
    return " ".join(response.text.split())[:SHOWN] or "(empty body)"


def on_this_machine(url: str | None) -> bool:
    """Whether `url` is on a loopback address; a name other than localhost is not resolved."""
    host = httpx.URL(url or "").host
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
