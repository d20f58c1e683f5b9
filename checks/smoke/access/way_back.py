"""The way to the identity provider and back, ended before the callback: a check does something else with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.smoke.session import note_session
from checks.smoke.sign_in import CALLBACK
from checks.smoke.sign_in_client import REDIRECTS, START, named
from checks.smoke.statuses import led_away
from drills.checks import CheckFailed, brief, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from drills.checks import CheckContext


def unchanged(url: httpx.URL) -> httpx.URL:
    """Return the provider's address as the system gave it."""
    return url


def way_back(
    context: CheckContext,
    http: httpx.Client,
    email: str | None,
    change: Callable[[httpx.URL], httpx.URL] = unchanged,
) -> httpx.URL:
    """Return the address at which the provider sends the browser back for *email*; it is not opened.

    *change* may forge the request to the provider. Raises CheckFailed where the way does not end there.
    """
    answer = expect(http.get(START), *led_away(context))
    for _ in range(REDIRECTS):
        if not answer.is_redirect:
            break
        url = named(answer, str(email))
        if url.path == CALLBACK:
            return url
        answer = http.get(change(url) if "client_id" in url.params else url)
    raise CheckFailed(f"no way back from the provider: {answer.status_code} {brief(answer)}")


def sign_in_again(context: CheckContext, http: httpx.Client, email: str) -> None:
    """Sign in with the cookies that the browser has already."""
    expect(http.get(way_back(context, http, email)), *led_away(context))
    note_session(context, http)
