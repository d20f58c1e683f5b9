from contextlib import closing

import pytest

from checks.smoke.session import whoami
from checks.smoke.sign_in_client import authenticated, sign_in
from drills.checks.result import CheckFailed
from tests.helpers.checking import context, target_at
from tests.helpers.fake_system import fake_system
from tests.helpers.sign_in_answers import EMAIL, moved, provider


def test_sign_in_ends_with_a_session() -> None:
    with (
        fake_system(provider()) as served,
        closing(sign_in(target_at(served.url), EMAIL)) as http,
    ):
        assert authenticated(http) == EMAIL


def test_session_of_another_user_is_refused() -> None:
    with fake_system(provider("eve@example.org")) as served, pytest.raises(CheckFailed, match="signed in as 'eve@"):
        sign_in(target_at(served.url), EMAIL)


def test_sign_in_without_a_session_is_refused() -> None:
    answers = provider() | {"GET /api/auth/google/callback": lambda _: moved("/")}
    with fake_system(answers) as served, pytest.raises(CheckFailed, match="signed in as None"):
        sign_in(target_at(served.url), EMAIL)


def test_refused_callback_is_reported() -> None:
    answers = provider() | {"GET /api/auth/google/callback": (401, {"message": "bad state"})}
    with fake_system(answers) as served, pytest.raises(CheckFailed, match=r"-> 401.*bad state"):
        sign_in(target_at(served.url), EMAIL)


def test_endless_redirects_end() -> None:
    answers = provider() | {"GET /oidc/authorize": lambda _: moved("/oidc/authorize?client_id=schedgen")}
    with fake_system(answers) as served, pytest.raises(CheckFailed, match="-> 302"):
        sign_in(target_at(served.url), EMAIL)


def test_status_that_says_neither_is_refused() -> None:
    answers = provider() | {"GET /api/auth/status": (200, {"user": {"email": EMAIL}})}
    with fake_system(answers) as served, pytest.raises(CheckFailed, match="neither signed in nor signed out"):
        sign_in(target_at(served.url), EMAIL)


def test_check_passes_when_signing_in_and_out_works() -> None:
    with fake_system(provider()) as served:
        check_result = whoami(context(target_at(served.url, sign_in_email=EMAIL)))
    assert check_result.ok, str(check_result)


def test_check_sees_a_session_that_survives_signing_out() -> None:
    answers = provider() | {"POST /api/auth/logout": (200, {})}
    with fake_system(answers) as served:
        check_result = whoami(context(target_at(served.url, sign_in_email=EMAIL)))
    assert (check_result.ok, check_result.seen) == (False, "still signed in after signing out")
