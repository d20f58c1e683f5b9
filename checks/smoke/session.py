"""Sessions."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from checks.sign_in_client import authenticated, sign_in
from checks.smoke.tls import certificate_life, tls_url
from drills.checks.artifacts import Kind
from drills.checks.clients import expect
from drills.checks.definition import Room, probe
from drills.checks.result import LeftOut, Unexpected

if TYPE_CHECKING:
    from http.cookiejar import Cookie

    import httpx

    from drills.checks.context import Visit

OK: Final = 200
COOKIE: Final = "connect.sid"
SIGNED: Final = "s:"


@probe(
    "sign-in",
    room=Room.SMOKE,
    needs=("front_url", "sign_in_email"),
    expected="a session for the account, by way of the identity provider",
    next_step="read the backend's log for authentication errors",
    level=2,
    incident=7,
    essential=True,
)
def whoami(visit: Visit) -> str:
    """Sign in, ask who we are, and sign out again."""
    assert visit.target.sign_in_email
    with closing(sign_in(visit.target, visit.target.sign_in_email, partial(note_session, visit))) as http:
        expect(http.post("/api/auth/logout"), OK)
        if authenticated(http) is not None:
            raise Unexpected("still signed in after signing out")
    return f"signed in as {visit.target.sign_in_email}, and out"


@probe(
    "session cookie",
    room=Room.SMOKE,
    needs=("front_url", "sign_in_email"),
    expected="HttpOnly, SameSite, for the whole site, and Secure where there is TLS",
    next_step="correct the cookie's settings in the backend, and what it believes of the proxy before it",
    level=2,
    incident=7,
    after=(whoami, certificate_life),
)
def session_cookie(visit: Visit) -> str:
    """Sign in, over TLS where there is any, and look at the cookie."""
    assert visit.target.sign_in_email
    url = _safest(visit)
    there, met = replace(visit.target, front_url=url), partial(note_session, visit)
    with closing(sign_in(there, visit.target.sign_in_email, met)) as http:
        cookie = _cookie(http)
        expect(http.post("/api/auth/logout"), OK)
    if cookie is None:
        raise Unexpected(f"a session without a cookie {COOKIE}")
    right = {
        "HttpOnly": cookie.has_nonstandard_attr("HttpOnly"),
        "SameSite=Lax or Strict": str(cookie.get_nonstandard_attr("SameSite")).lower() in ("lax", "strict"),
        "Path=/": cookie.path == "/",
    }
    if url.startswith("https:"):
        right["Secure"] = cookie.secure
    odd = [name for name, fine in right.items() if not fine]
    if odd:
        raise Unexpected(f"a cookie without {', '.join(odd)} at {url}")
    return f"{', '.join(right)} at {url}"


def note_session(visit: Visit, http: httpx.Client) -> None:
    """Note the session of *http*, so that it ends even when its owner does not come to sign out."""
    cookie = _cookie(http)
    note_cookie(visit, (cookie and cookie.value) or "")


def note_cookie(visit: Visit, text: str) -> None:
    """Note the session that the cookie's *text* names, if it names one."""
    value = unquote(text)
    session = value.removeprefix(SIGNED).rpartition(".")[0]
    if value.startswith(SIGNED) and session not in visit.traces.noted(Kind.SESSION):
        visit.traces.note(Kind.SESSION, session)


def _cookie(http: httpx.Client) -> Cookie | None:
    return next((each for each in http.cookies.jar if each.name == COOKIE), None)


def _safest(visit: Visit) -> str:
    try:
        return tls_url(visit.target)
    except LeftOut:
        return visit.target.front_url
