"""Sessions."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from checks.cleanup import kinds
from checks.smoke.sign_in_client import authenticated, sign_in
from checks.smoke.statuses import done
from checks.target import target_of
from drills.checks import CheckFailed, CheckSuite, Skipped, check, expect
from drills.checks.health.tls import certificate_life, tls_url
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from http.cookiejar import Cookie

    import httpx

    from drills.checks import CheckContext

OK: Final = 200
COOKIE: Final = "connect.sid"
SIGNED: Final = "s:"


@check(
    "sign-in",
    suite=CheckSuite.SMOKE,
    clauses=("SI-03", "SI-09"),
    needs=("front_url", "sign_in_email"),
    expected="a session for the account, by way of the identity provider",
    next_step="read the backend's log for authentication errors",
    level=2,
    incident=Quantity.AUTHENTICATION,
    essential=True,
    writes=True,
)
def whoami(context: CheckContext) -> str:
    """Sign in, ask for the user, and sign out again."""
    email = str(target_of(context).sign_in_email)
    with closing(sign_in(context.target, email, partial(note_session, context))) as http:
        expect(http.post("/api/auth/logout"), *done(context))
        if authenticated(http) is not None:
            raise CheckFailed("still signed in after signing out")
    return f"signed in as {email}, and out"


@check(
    "session cookie",
    suite=CheckSuite.SMOKE,
    clauses=("SE-01",),
    needs=("front_url", "sign_in_email"),
    expected="HttpOnly, SameSite, for the whole site, and Secure where there is TLS",
    next_step="correct the cookie's settings in the backend, and the proxies whose headers it believes",
    level=2,
    incident=Quantity.AUTHENTICATION,
    after=(whoami, certificate_life),
    writes=True,
)
def session_cookie(context: CheckContext) -> str:
    """Sign in, over TLS where there is any, and look at the cookie."""
    url = _safest(context)
    there, met = context.target.changed(front_url=url), partial(note_session, context)
    with closing(sign_in(there, str(target_of(context).sign_in_email), met)) as http:
        cookie = cookie_in(http)
        expect(http.post("/api/auth/logout"), *done(context))
    if cookie is None:
        raise CheckFailed(f"a session without a cookie {COOKIE}")
    right = {
        "HttpOnly": cookie.has_nonstandard_attr("HttpOnly"),
        "SameSite=Lax or Strict": str(cookie.get_nonstandard_attr("SameSite")).lower() in ("lax", "strict"),
        "Path=/": cookie.path == "/",
    }
    if url.startswith("https:"):
        right["Secure"] = cookie.secure
    odd = [name for name, fine in right.items() if not fine]
    if odd:
        raise CheckFailed(f"a cookie without {', '.join(odd)} at {url}")
    return f"{', '.join(right)} at {url}"


def note_session(context: CheckContext, http: httpx.Client) -> None:
    """Note the session of *http*, so that a later run removes it if this one is killed before it signs out."""
    cookie = cookie_in(http)
    note_cookie(context, (cookie and cookie.value) or "")


def note_cookie(context: CheckContext, text: str) -> None:
    """Note the session that the cookie's *text* names, if it names one."""
    session = session_id_in(text)
    if session is not None and session not in context.artifacts.noted(kinds.SESSION):
        context.artifacts.note(kinds.SESSION, session)


def session_id_in(text: str) -> str | None:
    """Return the id of the session that the cookie's *text* names, None where it names none."""
    value = unquote(text)
    return value.removeprefix(SIGNED).rpartition(".")[0] if value.startswith(SIGNED) else None


def cookie_in(http: httpx.Client) -> Cookie | None:
    """Return the session cookie that *http* was given, None where it has none."""
    return next((each for each in http.cookies.jar if each.name == COOKIE), None)


def _safest(context: CheckContext) -> str:
    try:
        return tls_url(context.target)
    except Skipped:
        return context.target.front_url
