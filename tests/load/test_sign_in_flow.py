import json
from itertools import islice
from typing import Any

import pytest

from drills.load.client import Answer
from drills.load.profile import operations
from drills.load.request import Request
from load.profiles import SIGN_INS, Op
from load.sign_in_flow import CAMPUS, PAGES, Session, Students, student_request

PROVIDER = "http://127.0.0.1:3000/oidc/authorize?client_id=schedgen&state=s"
CALLBACK = "http://127.0.0.1:3000/api/auth/google/callback?code=c&state=s"
COOKIE = "connect.sid=s%3Aid.sig"


def answer(status: int, body: Any = "", *headers: tuple[str, str]) -> Answer:
    return Answer(status, json.dumps(body).encode(), 1.0, headers=headers)


STARTED = answer(302, "", ("Location", PROVIDER), ("Set-Cookie", "oidc.flow=f.sig; HttpOnly; Path=/"))
PROVIDED = answer(302, "", ("Location", CALLBACK))
SIGNED_IN = answer(302, "", ("Set-Cookie", 'oidc.flow=""; Max-Age=0'), ("set-cookie", f"{COOKIE}; HttpOnly; Path=/"))


def asked(op: Op, students: Students) -> Request:
    ask = student_request(op, students)
    assert ask is not None
    return ask


def follow(ask: Request, came: Answer) -> Request:
    assert ask.judge(came) is None
    assert ask.then is not None
    following = ask.then(came)
    assert following is not None
    return following


def walked(op: Op, students: Students) -> tuple[Request, Request, Request]:
    start = asked(op, students)
    provider = follow(start, STARTED)
    back = follow(provider, PROVIDED)
    assert back.judge(SIGNED_IN) is None
    assert back.then is not None
    assert back.then(SIGNED_IN) is None
    return start, provider, back


def signed_in(count: int) -> Students:
    students = Students()
    for _ in range(count):
        walked(Op.SIGN_IN, students)
    return students


def test_all_open_pages_are_there_after_three_seconds_of_sign_ins() -> None:
    first = islice(operations(SIGN_INS), int(3 * SIGN_INS.rate_rps))
    assert sum(op in (Op.SIGN_IN, Op.CAMPUS_SIGN_IN) for op in first) >= PAGES


def test_sign_in_goes_to_the_provider_and_back_with_its_cookie() -> None:
    start, provider, back = walked(Op.SIGN_IN, Students())
    assert (start.path, start.headers) == ("/api/auth/google", {})
    assert provider.path.startswith("/oidc/authorize?client_id=schedgen&state=s&login_hint=student.")
    assert (back.path, back.headers) == ("/api/auth/google/callback?code=c&state=s", {"Cookie": "oidc.flow=f.sig"})
    assert back.route == "/api/auth/google/callback"


def test_whole_sign_in_on_a_campus_comes_from_its_one_address() -> None:
    assert {ask.headers["X-Forwarded-For"] for ask in walked(Op.CAMPUS_SIGN_IN, Students())} == {CAMPUS}


@pytest.mark.parametrize("status", [200, 401, 403, 429, 502, 503])
def test_refused_sign_in_is_a_complaint_at_each_of_its_steps(status: int) -> None:
    for ask in walked(Op.SIGN_IN, Students()):
        complaint = ask.judge(answer(status, {"message": "no"}))
        assert complaint
        assert f"saw {status}" in complaint


def test_first_students_keep_their_page_open_and_later_ones_come_again() -> None:
    students = signed_in(PAGES + 1)
    assert (len(students.pages), len(students.recent)) == (PAGES, 1)
    assert asked(Op.CALENDARS, students).headers == {"Cookie": COOKIE}
    assert asked(Op.MYSELF, students).headers == {"Cookie": COOKIE, "X-Forwarded-For": CAMPUS}


def test_page_whose_session_is_gone_is_a_complaint() -> None:
    ask = asked(Op.CALENDARS, signed_in(1))
    assert ask.judge(answer(200, [])) is None
    assert ask.judge(answer(401, {"message": "sign in first"})) is not None


@pytest.mark.parametrize("body", [{"authenticated": False}, {"authenticated": True, "user": {"email": "b@b"}}])
def test_student_who_is_no_longer_known_is_a_complaint(body: dict[str, Any]) -> None:
    students = Students(pages=[Session("a@a", COOKIE)])
    ask = asked(Op.MYSELF, students)
    assert ask.judge(answer(200, {"authenticated": True, "user": {"email": "a@a"}})) is None
    assert ask.judge(answer(200, body)) is not None


@pytest.mark.parametrize("op", [Op.CALENDARS, Op.MYSELF])
def test_until_a_student_is_signed_in_every_request_is_a_sign_in(op: Op) -> None:
    assert asked(op, Students()).op == "sign-in"


def test_other_operations_are_not_of_signed_in_students() -> None:
    assert student_request(Op.FRONT, Students()) is None
