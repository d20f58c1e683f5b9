from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from checks.cleanup import kinds
from checks.smoke import sign_in
from checks.smoke.session import session_cookie
from checks.target import ScheduleTarget
from drills.checks.result import CheckResult, Outcome
from tests.helpers.checking import context, look, require, target_at
from tests.helpers.fake_system import Answer, Asked, fake_system
from tests.helpers.sign_in_answers import EMAIL, NO_USER, moved, provider

AUTHORIZE = "/oidc/authorize?client_id=c&state=s&response_type=code&redirect_uri=http://h/api/auth/google/callback"


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (NO_USER, ""),
        ((200, {"authenticated": True, "user": {"email": "x"}}), "without having signed in"),
        ((200, {}), "neither"),
    ],
)
def test_user_without_session(answer: Any, seen: str) -> None:
    require(look(sign_in.user_without_session, {"GET /api/auth/status": answer}), seen)


def at_provider(change: dict[str, Any]) -> CheckResult:
    with fake_system({}) as served:
        about = dict.fromkeys(sign_in.ENDPOINTS, "x") | {"issuer": f"{served.url}/oidc"} | change
        served.answers["GET /oidc/.well-known/openid-configuration"] = (200, about)
        return sign_in.provider(context(target_at(served.url, oidc_issuer=f"{served.url}/oidc")))


@pytest.mark.parametrize(
    ("change", "seen"),
    [({}, ""), ({"issuer": "http://other"}, "issuer 'http://other' instead"), ({"jwks_uri": None}, "no jwks_uri")],
)
def test_identity_provider(change: dict[str, Any], seen: str) -> None:
    require(at_provider(change), seen)


def test_identity_provider_that_is_not_there_is_seen() -> None:
    with fake_system({}) as served:
        require(sign_in.provider(context(target_at(served.url, oidc_issuer=served.url))), "-> 404")


@pytest.mark.parametrize(
    ("to", "seen"),
    [
        (AUTHORIZE, ""),
        (AUTHORIZE.replace("state=s", "state="), "302 without state"),
        (AUTHORIZE.replace("=code", "=token"), "302 without response_type=code"),
        (AUTHORIZE.replace("callback", "elsewhere"), "a way back to '/api/auth/google/elsewhere'"),
        (f"http://evil.example{AUTHORIZE}", "302 to evil.example, which is not the issuer"),
    ],
)
def test_way_to_the_identity_provider(to: str, seen: str) -> None:
    with fake_system({"GET /api/auth/google": lambda _: moved(to)}) as served:
        require(
            sign_in.way_out(context(target_at(served.url, oidc_issuer=f"{served.url}/oidc"))),
            seen,
        )


def test_redirect_to_another_address_is_seen() -> None:
    require(look(sign_in.way_out, {"GET /api/auth/google": (200, "<html>")}), "-> 200")
    require(look(sign_in.way_out, {"GET /api/auth/google": (302, {})}), "302 with no address")


def forging(answer: Any, status: Any = NO_USER) -> CheckResult:
    answers: dict[str, Answer] = {
        "GET /api/auth/google": lambda _: moved(AUTHORIZE),
        "GET /api/auth/google/callback": answer,
        "GET /api/auth/status": status,
    }
    with fake_system(answers) as served:
        return sign_in.forged(context(target_at(served.url, forwarded_for_believed=True, contract="reference")))


def test_forged_sign_in() -> None:
    require(forging((401, {"message": "bad state"})), "")
    require(forging(lambda _: moved("/")), "-> 302")
    signed_in = (200, {"authenticated": True, "user": {"email": "x"}})
    require(forging((401, {"message": "bad state"}), signed_in), "signed in all the same")


def test_forged_sign_in_is_not_tried_from_an_address_that_is_not_ours_alone() -> None:
    check_result = sign_in.forged(context(target_at("http://schedgen.example")))
    assert check_result.outcome is Outcome.SKIPPED


@pytest.mark.parametrize("door", sign_in.DOORS, ids=lambda door: door.name)
def test_routes_that_need_a_session_refuse_requests_without_one(door: Any) -> None:
    for status, seen in ((401, ""), (200, "-> 200"), (201, "-> 201"), (404, "-> 404"), (500, "-> 500")):
        answers: dict[str, Answer] = {f"{method} /api/*": (status, {"message": "no"}) for method in ("GET", "POST")}
        require(look(door, answers), seen)


def test_calendar_that_a_stranger_made_is_noted() -> None:
    (door,) = (door for door in sign_in.DOORS if door.name == "new calendar without a session")
    with fake_system({"POST /api/calendars": (201, {"id": "c"})}) as served:
        here = context(target_at(served.url))
        require(door(here), "-> 201")
    assert [f'{{"name":"{name}"}}'.encode() for name in here.artifacts.noted(kinds.CALENDAR)] == [served.asked[0].body]


@contextmanager
def signing_in(cookie: str, changed: dict[str, Answer] | None = None) -> Iterator[ScheduleTarget]:
    answers = provider() | {"GET /api/auth/google/callback": lambda _: moved("/", cookie)} | (changed or {})
    with fake_system(answers) as served:
        yield target_at(served.url, sign_in_email=EMAIL)


@pytest.mark.parametrize(
    ("cookie", "seen"),
    [
        ("connect.sid=s1; HttpOnly; Path=/; SameSite=Lax", ""),
        ("connect.sid=s1; Path=/; SameSite=Lax", "without HttpOnly"),
        ("connect.sid=s1; HttpOnly; Path=/", "without SameSite=Lax or Strict"),
        ("connect.sid=s1; HttpOnly; Path=/; SameSite=None", "without SameSite=Lax or Strict"),
        ("connect.sid=s1; HttpOnly; Path=/api; SameSite=Lax", "without Path=/"),
    ],
)
def test_session_cookie(cookie: str, seen: str) -> None:
    with signing_in(cookie) as target:
        require(session_cookie(context(target)), seen)


def test_session_is_noted_by_its_id() -> None:
    known = {"connect.sid=s%3Aabc.signature"}

    def status(asked: Asked) -> tuple[int, Any]:
        signed_in = known & set(asked.headers.get("cookie", "").split("; "))
        return (200, {"authenticated": True, "user": {"email": EMAIL}}) if signed_in else NO_USER

    with signing_in(f"{next(iter(known))}; HttpOnly; Path=/; SameSite=Lax", {"GET /api/auth/status": status}) as target:
        here = context(target)
        require(session_cookie(here), "")
    assert here.artifacts.noted(kinds.SESSION) == ("abc",)
