from contextlib import closing
from typing import Any

import pytest

from checks.sign_in_client import authenticated, sign_in
from checks.smoke.session import whoami
from drills.checks.result import CheckFailed
from drills.checks.target import Target
from tests.checks.test_probes import context
from tests.helpers.fake_system import Answer, Asked, fake_system

EMAIL = "ada@example.org"
NOBODY = (200, {"authenticated": False})
HEADERS = "headers"


def moved(to: str, cookie: str | None = None) -> tuple[int, Any]:
    headers = [("Location", to)] + ([("Set-Cookie", cookie)] if cookie else [])
    return 302, {HEADERS: headers}


def provider(email: str = EMAIL) -> dict[str, Answer]:
    """Answers of a system whose sign-in works: front door, provider, callback, session."""

    def authorize(asked: Asked) -> tuple[int, Any]:
        assert "login_hint=ada%40example.org" in asked.path
        return moved("/api/auth/google/callback?code=c&state=s")

    def status(asked: Asked) -> tuple[int, Any]:
        known = "connect.sid=s1" in asked.headers.get("cookie", "")
        return (200, {"authenticated": True, "user": {"email": email}}) if known else NOBODY

    return {
        "GET /api/auth/google": lambda _: moved("/oidc/authorize?client_id=schedgen&state=s"),
        "GET /oidc/authorize": authorize,
        "GET /api/auth/google/callback": lambda _: moved("/", "connect.sid=s1; HttpOnly; Path=/"),
        "GET /": (200, "<html></html>"),
        "GET /api/auth/status": status,
        "POST /api/auth/logout": lambda _: (200, {HEADERS: [("Set-Cookie", "connect.sid=; Max-Age=0; Path=/")]}),
    }


def test_sign_in_ends_with_a_session() -> None:
    with fake_system(provider()) as served, closing(sign_in(Target("x", served.url), EMAIL)) as http:
        assert authenticated(http) == EMAIL


def test_session_of_somebody_else_is_refused() -> None:
    with fake_system(provider("eve@example.org")) as served, pytest.raises(CheckFailed, match="signed in as 'eve@"):
        sign_in(Target("x", served.url), EMAIL)


def test_sign_in_without_a_session_is_refused() -> None:
    answers = provider() | {"GET /api/auth/google/callback": lambda _: moved("/")}
    with fake_system(answers) as served, pytest.raises(CheckFailed, match="signed in as None"):
        sign_in(Target("x", served.url), EMAIL)


def test_refused_callback_is_reported() -> None:
    answers = provider() | {"GET /api/auth/google/callback": (401, {"message": "bad state"})}
    with fake_system(answers) as served, pytest.raises(CheckFailed, match=r"-> 401.*bad state"):
        sign_in(Target("x", served.url), EMAIL)


def test_endless_redirects_end() -> None:
    answers = provider() | {"GET /oidc/authorize": lambda _: moved("/oidc/authorize?client_id=schedgen")}
    with fake_system(answers) as served, pytest.raises(CheckFailed, match="-> 302"):
        sign_in(Target("x", served.url), EMAIL)


def test_status_that_says_neither_is_refused() -> None:
    answers = provider() | {"GET /api/auth/status": (200, {"user": {"email": EMAIL}})}
    with fake_system(answers) as served, pytest.raises(CheckFailed, match="neither signed in nor signed out"):
        sign_in(Target("x", served.url), EMAIL)


def test_probe_is_ok_when_signing_in_and_out_works() -> None:
    with fake_system(provider()) as served:
        check_result = whoami(context(Target("x", served.url, sign_in_email=EMAIL)))
    assert check_result.ok, str(check_result)


def test_probe_sees_a_session_that_survives_signing_out() -> None:
    answers = provider() | {"POST /api/auth/logout": (200, {})}
    with fake_system(answers) as served:
        check_result = whoami(context(Target("x", served.url, sign_in_email=EMAIL)))
    assert (check_result.ok, check_result.seen) == (False, "still signed in after signing out")
