"""Signing in as a student does: from the front door to the identity provider and back, with a cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from drills.checks import CheckFailed, body, client, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from drills.checks import Target

START: Final = "/api/auth/google"
STATUS: Final = "/api/auth/status"
HINT: Final = "login_hint"
REDIRECTS: Final = 10
OK: Final = 200


def sign_in(target: Target, email: str, met: Callable[[httpx.Client], None] = lambda _: None) -> httpx.Client:
    """Return a client with the session of `email`; the caller closes it. *met* sees it after every answer on the way.

    Every redirect is followed by hand, and the provider is given the address, as a person at its page would give it.
    Raises CheckFailed when the way does not end at the front door with a session, httpx errors when it breaks off.
    """
    http = client(target, target.front_url)
    try:
        _walk(http, email, met)
    except BaseException:
        http.close()
        raise
    return http


def _walk(http: httpx.Client, email: str, met: Callable[[httpx.Client], None]) -> None:
    answer = http.get(START)
    for _ in range(REDIRECTS):
        met(http)
        if not answer.is_redirect:
            break
        answer = http.get(named(answer, email))
    expect(answer, OK)
    user = authenticated(http)
    if user != email:
        raise CheckFailed(f"signed in as {user!r} instead of {email!r}")


def authenticated(http: httpx.Client) -> str | None:
    """Return the user that this client is signed in as, None for no user; raises CheckFailed for any other answer."""
    return user_in(body(expect(http.get(STATUS), OK)))


def user_in(found: dict[str, Any]) -> str | None:
    """Return the e-mail address in an answer of STATUS, None where no user is signed in; raises CheckFailed."""
    if found.get("authenticated") is False:
        return None
    user = found.get("user")
    if found.get("authenticated") is not True or not isinstance(user, dict) or not user.get("email"):
        raise CheckFailed(f"neither signed in nor signed out: {found}")
    return str(user["email"])


def named(answer: httpx.Response, email: str) -> httpx.URL:
    """Return where a redirect leads; the provider is given the address that a person would type at its page."""
    url = answer.request.url.join(answer.headers["location"])
    at_provider = "client_id" in url.params and HINT not in url.params
    return url.copy_merge_params({HINT: email}) if at_provider else url
