"""Sign-in: to the identity provider and back, and what is refused without a session."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx

from checks.cleanup import kinds
from checks.smoke.limits import require_apart
from checks.smoke.sign_in_client import START, authenticated
from checks.smoke.statuses import AWAY, MADE, led_away
from checks.target import target_of, to_the_letter
from drills.checks import (
    CheckFailed,
    CheckSuite,
    Skipped,
    body,
    check,
    client,
    expect,
    get,
    new_tag,
    on_this_machine,
    said,
)
from drills.common.client_addresses import random_address
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import Check, CheckContext

REFUSED: Final = (400, 401, 403)
STRANGER: Final = (401,)
NO_ADMINISTRATOR: Final = (401, 403)
CALENDARS: Final = "/api/calendars"
CALLBACK: Final = "/api/auth/google/callback"
DISCOVERY: Final = "/.well-known/openid-configuration"
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@check(
    "user without a session",
    suite=CheckSuite.SMOKE,
    clauses=("SI-08",),
    needs="front_url",
    expected='200 with "authenticated": false',
    next_step="read the backend's log for authentication errors",
    level=2,
    incident=Quantity.AUTHENTICATION,
)
def user_without_session(context: CheckContext) -> str:
    """Ask for the user of a client that has not signed in."""
    with client(context.target, context.target.front_url) as http:
        user = authenticated(http)
    if user is not None:
        raise CheckFailed("signed in without having signed in")
    return "no user"


@check(
    "identity provider",
    suite=CheckSuite.SMOKE,
    clauses=("SI-02",),
    needs="oidc_issuer",
    expected="its discovery document, of this very issuer",
    next_step="look at the identity provider's own status page",
    level=2,
    incident=Quantity.AUTHENTICATION,
)
def provider(context: CheckContext) -> str:
    """Read the identity provider's discovery document."""
    found = body(get(context.target, target_of(context).oidc_issuer, DISCOVERY))
    issuer = str(found.get("issuer")).rstrip("/")
    if issuer != target_of(context).oidc_issuer:
        raise CheckFailed(f"issuer {issuer!r} instead of {target_of(context).oidc_issuer!r}")
    missing = [name for name in ENDPOINTS if not found.get(name)]
    if missing:
        raise CheckFailed(f"no {', '.join(missing)}")
    return f"issuer {issuer}"


@check(
    "way to the identity provider",
    suite=CheckSuite.SMOKE,
    clauses=("SI-01",),
    needs="front_url",
    expected="302 to the identity provider, with client, state and the way back",
    next_step="compare the backend's OAuth settings with the provider's",
    level=2,
    incident=Quantity.AUTHENTICATION,
)
def way_out(context: CheckContext) -> str:
    """Begin a sign-in, and go no further."""
    with client(context.target, context.target.front_url) as http:
        url = _redirection(expect(http.get(START), *led_away(context)))
    missing = [name for name in ("client_id", "state", "redirect_uri") if not url.params.get(name)]
    if missing or url.params.get("response_type") != "code":
        raise CheckFailed(f"302 without {', '.join(missing) or 'response_type=code'}")
    back = urlsplit(url.params["redirect_uri"]).path
    if back != CALLBACK:
        raise CheckFailed(f"a way back to {back!r}")
    issuer = target_of(context).oidc_issuer
    if issuer is not None and httpx.URL(issuer).netloc != url.netloc:
        raise CheckFailed(f"302 to {url.host}, which is not the issuer {issuer}")
    return f"302 to {url.host}"


@check(
    "forged sign-in",
    suite=CheckSuite.SMOKE,
    clauses=("SI-05",),
    needs="front_url",
    expected="400, 401 or 403, and no session",
    next_step="take the sign-in out of service until the callback compares the state it gave out",
    level=1,
    incident=Quantity.AUTHENTICATION,
    writes=True,
)
def forged(context: CheckContext) -> str:
    """Come back from the provider with a state that was never given out.

    Five of these block an address for an hour, and the contract does not say that a good sign-in lifts the block. So
    the check is tried on this machine only, where each check has a client address of its own.
    """
    if not on_this_machine(context.target.front_url):
        raise Skipped("failed sign-ins block an address, and on another machine other people may share ours")
    require_apart(context)
    with client(context.target, context.target.front_url) as http:
        expect(http.get(START), *led_away(context))
        answer = expect(http.get(CALLBACK, params={"code": "SYN", "state": "SYN"}), *refusals(context))
        if authenticated(http) is not None:
            raise CheckFailed("refused, and signed in all the same")
    return said(answer)


def refusals(context: CheckContext) -> tuple[int, ...]:
    """Return how a callback is refused: some systems send the browser to a page that says so, without a session."""
    return REFUSED if to_the_letter(context) else (*REFUSED, *AWAY)


def _shut(context: CheckContext, method: str, path: str, wish: Any, statuses: tuple[int, ...]) -> str:
    name, makes = new_tag(), (method, path) == ("POST", CALENDARS)
    with client(context.target, context.target.front_url) as http:
        answer = http.request(method, path, json={"name": name} if makes else wish)
    if makes and answer.status_code in MADE:  # it should not be there, and has to go again
        context.artifacts.note(kinds.CALENDAR, name)
    return said(expect(answer, *(statuses if to_the_letter(context) else NO_ADMINISTRATOR)))


def _door(name: str, method: str, path: str, wish: Any = None, statuses: tuple[int, ...] = STRANGER) -> Check:
    return check(
        f"{name} without a session",
        suite=CheckSuite.SMOKE,
        needs="front_url",
        expected=" or ".join(map(str, statuses)),
        next_step=f"refuse {path} at the gateway until the backend asks for a session",
        level=1,
        incident=Quantity.AUTHENTICATION,
        clauses=("RI-02" if statuses is NO_ADMINISTRATOR else "RI-01",),
    )(partial(_shut, method=method, path=path, wish=wish, statuses=statuses))


_EVENT: Final = {"id": "1", "summary": "SYN", "startTime": "08:30", "endTime": "09:20", "date": "2026-03-02"}
DOORS: Final = (
    _door("calendars", "GET", CALENDARS),
    _door("new calendar", "POST", CALENDARS),
    _door(
        "new event",
        "POST",
        "/api/calendars/events",
        {"calendarId": "00000000-0000-4000-8000-000000000000", "event": _EVENT},
    ),
    _door("blocked addresses", "GET", f"/api/auth/ip/status?ip={random_address()}", statuses=NO_ADMINISTRATOR),
    _door("unblocking", "POST", "/api/auth/ip/unblock", {"ip": random_address()}, NO_ADMINISTRATOR),
)


def _redirection(answer: httpx.Response) -> httpx.URL:
    try:
        return answer.request.url.join(answer.headers["location"])
    except (KeyError, httpx.InvalidURL):
        raise CheckFailed(f"302 with no address: {answer.headers.get('location')!r}") from None
