"""Clients of the front door: signed in, with a given cookie, or from an address that no real client has."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from functools import partial
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

import httpx

from checks.smoke.limits import OTHERS, require_apart
from checks.smoke.session import COOKIE, cookie_in, note_session
from checks.smoke.sign_in_client import authenticated, sign_in
from checks.target import target_of
from drills.checks import CheckFailed, Skipped, client, on_this_machine
from drills.common.client_addresses import random_address
from drills.common.draws import DRAWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.checks import CheckContext

DOCUMENTATION: Final = tuple(map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
"""Networks in which no client is (RFC 5737)."""


def made_up_address(context: CheckContext) -> str:
    """Return an address that no real client has; on this machine, one of the many that all of its checks use."""
    if on_this_machine(context.target.front_url):
        return random_address()
    network = DRAWS.choice(DOCUMENTATION)
    return str(network[DRAWS.randrange(1, network.num_addresses - 1)])


def client_at(context: CheckContext, address: str) -> httpx.Client:
    """Return a client whose requests the system counts for *address*, where it believes our X-Forwarded-For."""
    http = client(context.target, context.target.front_url)
    http.headers["X-Forwarded-For"] = address
    return http


def unshared(context: CheckContext) -> httpx.Client:
    """Return a client at an address of its own; raises Skipped where ours is other people's as well."""
    if target_of(context).forwarded_for_believed:
        return client_at(context, made_up_address(context))
    require_apart(context)
    return client(context.target, context.target.front_url)


def require_believed(context: CheckContext) -> None:
    """Return where made-up addresses count as clients; raises Skipped otherwise."""
    if not target_of(context).forwarded_for_believed:
        raise Skipped(f"{OTHERS}: the target does not say forwarded_for_believed")


@contextmanager
def signed_in(context: CheckContext, email: str | None) -> Iterator[httpx.Client]:
    """Yield a client with a session of the account *email*, which is signed out at the end."""
    with closing(sign_in(context.target, str(email), partial(note_session, context))) as http:
        try:
            yield http
        finally:
            with suppress(httpx.HTTPError):  # what the block raised says more
                http.post("/api/auth/logout")


def session_in(http: httpx.Client) -> str:
    """Return the value of the client's session cookie; raises CheckFailed where it has none."""
    cookie = cookie_in(http)
    if cookie is None or not cookie.value:
        raise CheckFailed(f"a session without a cookie {COOKIE}")
    return cookie.value


def user_of(context: CheckContext, session: str) -> str | None:
    """Return the account that a browser with this session cookie alone is signed in as, None for none."""
    with client(context.target, context.target.front_url) as http:
        http.headers["Cookie"] = f"{COOKIE}={session}"
        return authenticated(http)
