"""Students with a session: how they sign in, and what they ask once they have."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from checks.smoke.sign_in_client import HINT, START, STATUS
from drills.common.draws import DRAWS, token
from drills.load.request import Request, saw
from load.profiles import Op

if TYPE_CHECKING:
    from drills.load.client import Answer

# Students whose page stays open from their sign-in to the end: so few that all of them are there within the first
# seconds. Students who sign in after the fault have a session that works, so their requests would hide the failures.
PAGES: Final = 5
RECENT: Final = 20  # students who are remembered beside them, the last to sign in
SESSION: Final = "connect.sid"
# One address for all students of a campus behind the same router; set aside for documentation (RFC 5737).
CAMPUS: Final = "203.0.113.7"
CALENDARS: Final = "/api/calendars"


@dataclass(frozen=True)
class Session:
    """A signed-in student's e-mail address and the cookie of the session."""

    email: str
    cookie: str


@dataclass
class Students:
    """The signed-in students: the first PAGES keep their page open, of the others the last RECENT are remembered."""

    pages: list[Session] = field(default_factory=list)
    recent: deque[Session] = field(default_factory=lambda: deque(maxlen=RECENT))

    def welcome(self, email: str, answer: Answer) -> None:
        """Remember a student whose sign-in has just succeeded."""
        session = Session(email, f"{SESSION}={_cookies(answer)[SESSION]}")
        if len(self.pages) < PAGES:
            self.pages.append(session)
        else:
            self.recent.append(session)


def student_request(op: Op, students: Students) -> Request | None:
    """Return the request of a student who has a session or begins one; None for any other operation.

    Until a student is signed in, requests that need a session are sign-ins instead.
    """
    if op in (Op.SIGN_IN, Op.CAMPUS_SIGN_IN):
        return _sign_in(op, students)
    sessions = {Op.CALENDARS: students.pages, Op.MYSELF: students.recent or students.pages}
    if op not in sessions:
        return None
    if not sessions[op]:
        return _sign_in(Op.SIGN_IN, students)
    session = DRAWS.choice(sessions[op])
    return _calendars(session) if op is Op.CALENDARS else _myself(session)


def _calendars(session: Session) -> Request:
    return Request(Op.CALENDARS, "GET", CALENDARS, _their_calendars, CALENDARS, headers={"Cookie": session.cookie})


def _myself(session: Session) -> Request:
    """Return a request from the campus, whose students send so many that one address uses up its limit in seconds."""
    judge = partial(_recognised, session.email)
    return Request(Op.MYSELF, "GET", STATUS, judge, STATUS, headers={"Cookie": session.cookie, **_from(Op.MYSELF)})


def _sign_in(op: Op, students: Students) -> Request:
    """Return the first request of a sign-in; the provider and the callback follow from its answers."""
    email = f"student.{token().lower()}@example.org"
    following = partial(_at_provider, op, students, email)
    return Request(op, "GET", START, _leads_to_provider, START, headers=_from(op), then=following)


def _at_provider(op: Op, students: Students, email: str, started: Answer) -> Request:
    """Introduce the student to the provider, as a person at its page would."""
    path = _location(started)
    return Request(
        op,
        "GET",
        urlsplit(path).path,
        _leads_back,
        f"{path}&{HINT}={email}",
        headers=_from(op),
        then=partial(_back, op, students, (email, _cookie_header(started))),
    )


def _back(op: Op, students: Students, student: tuple[str, str], provided: Answer) -> Request:
    """Bring the provider's code to the callback, with the cookie that the sign-in began with."""
    email, cookie = student
    path = _location(provided)
    return Request(
        op,
        "GET",
        urlsplit(path).path,
        _has_session,
        path,
        headers={"Cookie": cookie, **_from(op)},
        then=partial(students.welcome, email),
    )


def _from(op: Op) -> dict[str, str]:
    """Return the header with the address that a campus shares; elsewhere a request has an address of its own."""
    return {"X-Forwarded-For": CAMPUS} if op in (Op.CAMPUS_SIGN_IN, Op.MYSELF) else {}


def _leads_to_provider(answer: Answer) -> str | None:
    fine = _found(answer) and "client_id=" in _location(answer) and _cookies(answer)
    return None if fine else saw(answer, "302 to the identity provider, with a cookie")


def _leads_back(answer: Answer) -> str | None:
    fine = _found(answer) and "code=" in _location(answer)
    return None if fine else saw(answer, "302 to the callback, with a code")


def _has_session(answer: Answer) -> str | None:
    fine = _found(answer) and _cookies(answer).get(SESSION)
    return None if fine else saw(answer, "302 with a session")


def _their_calendars(answer: Answer) -> str | None:
    fine = answer.status == HTTPStatus.OK and isinstance(_json(answer), list)
    return None if fine else saw(answer, "200 with the student's calendars")


def _recognised(email: str, answer: Answer) -> str | None:
    found = _json(answer)
    user = found.get("user") if isinstance(found, dict) else None
    fine = answer.status == HTTPStatus.OK and isinstance(user, dict) and user.get("email") == email
    return None if fine else saw(answer, "200 for the student who signed in")


def _found(answer: Answer) -> bool:
    return answer.status == HTTPStatus.FOUND


def _location(answer: Answer) -> str:
    """Return where a redirect leads, without its host: students stay at the front door they came by."""
    there = next((value for name, value in answer.headers if name.lower() == "location"), "")
    parts = urlsplit(there)
    return f"{parts.path}?{parts.query}"


def _cookies(answer: Answer) -> dict[str, str]:
    """Return the cookies that an answer sets, as they are written."""
    found = {}
    for name, value in answer.headers:
        if name.lower() == "set-cookie":
            try:
                found.update({key: morsel.coded_value for key, morsel in SimpleCookie(value).items()})
            except CookieError:
                continue
    return found


def _cookie_header(answer: Answer) -> str:
    return "; ".join(f"{name}={value}" for name, value in _cookies(answer).items())


def _json(answer: Answer) -> object:
    try:
        return json.loads(answer.body)
    except ValueError:
        return None
