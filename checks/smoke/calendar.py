"""Calendar files: valid by RFC 5545, and opened as a program does, with every event where and when it was asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from checks.schedules.expected import Expected
from checks.schedules.occurrences import Span, opened, require_occurrences, uids
from checks.smoke.refusals import refusal_of
from checks.smoke.statuses import done, refused
from drills.checks import CheckFailed, CheckSuite, check, client, expect, said

if TYPE_CHECKING:
    import httpx
    from icalendar.cal import Component

    from drills.checks import CheckContext

BAD_REQUEST: Final = 400
GENERATE: Final = "/api/generate/ics"
MEDIA: Final = "text/calendar"
MOST_OCTETS: Final = 75  # of one line, RFC 5545, 3.1
LONG: Final = "SYN Prüfung, Hörsaal; \\ Ümlauts and commas so that this line has to be folded:" + " äöü" * 12
# The semester begins on a Wednesday and ends on a Friday: one day too few or too many is seen.
BEGINS: Final = 2
LASTS: Final = timedelta(weeks=13, days=2)
LECTURES: Final = (
    Expected("SYN-1", "L1", None, "Wednesday", None, "08:30", "09:20", "Thuto 2-1"),
    Expected("SYN-1", "L2", None, "Friday", None, "13:30", "15:20", "IT 4-4"),
    Expected("SYN-1", "Ünal", None, "Monday", None, "07:30", "08:20", "Saal é, 1"),
    Expected("SYN-2", "L1", None, "Tuesday", None, "17:30", "20:20", "Roos Hall"),
    Expected("SYN-2", "T1", None, "Tuesday", None, "17:30", "18:20", "IT 4-4"),
    Expected("SYN-2", "P1", None, "Thursday", None, "10:30", "11:20", ""),
    Expected("SYN-2", "P2", None, "Saturday", None, "08:30", "12:20", "Lab"),
    Expected("SYN-2", "P3", None, "Sunday", None, "22:30", "23:20", "Lab"),
)
"""A lecture on each day of the week, two of them at the same time."""
TESTS: Final = (
    Expected("SYN-3", "Test", None, None, "2026-08-22", "08:00", "10:00", LONG),
    Expected("SYN-4", "Test", None, None, "2026-10-10", "11:30", "13:00", LONG),
)
WRONG_TESTS: Final = {
    "date": {"date": ""},
    "2026-02-30": {"date": "2026-02-30"},
    "25:61": {"startTime": "25:61"},
    "07:59": {"endTime": "07:59"},
}
WRONG_LECTURES: Final = {"day": {"day": ""}, "Someday": {"day": "Someday"}}
"""What is wrong with an event, by what the refusal has to name."""


@check(
    "calendar file",
    suite=CheckSuite.SMOKE,
    clauses=("CA-01", "CA-07"),
    needs="front_url",
    expected="a calendar that is valid by RFC 5545",
    next_step="open the file with a validator for iCalendar",
    level=3,
)
def calendar_file(context: CheckContext) -> str:
    """Ask for a calendar whose lines have to be folded, and read its form."""
    answer = _generated(context, _wish(TESTS))
    media = answer.headers.get("content-type", "")
    if media.split(";")[0].strip() != MEDIA:
        raise CheckFailed(f"200 as {media or 'nothing in particular'}")
    _require_lines(answer.content)
    calendar = opened(answer.content)
    missing = [name for name in ("VERSION", "PRODID") if not calendar.get(name)]
    if missing or calendar["VERSION"] != "2.0":
        raise CheckFailed(f"no {' and no '.join(missing) or 'VERSION 2.0'}")
    for event in calendar.walk("VEVENT"):
        _require_properties(event)
    return f"{len(answer.content)} bytes, {len(uids(calendar))} events"


@check(
    "weekly lectures",
    suite=CheckSuite.SMOKE,
    clauses=("CA-02", "CA-04", "CA-05", "CA-06", "CA-09"),
    needs="front_url",
    expected="each lecture every week on its day, from the first to the last day of the semester",
    next_step="compare the file's DTSTART, RRULE and VTIMEZONE with the semester",
    level=2,
)
def weekly_lectures(context: CheckContext) -> str:
    """Ask for lectures on every day of the week, and open the calendar from before to after the semester."""
    semester = _semester()
    answer = _generated(context, _wish(LECTURES, semester))
    count = require_occurrences(answer.content, LECTURES, semester)
    return f"{len(LECTURES)} lectures, {count} times until {semester.last}"


@check(
    "single events",
    suite=CheckSuite.SMOKE,
    clauses=("CA-03", "CA-04", "CA-05", "CA-06"),
    needs="front_url",
    expected="tests on their own day, once",
    next_step="compare the file's DTSTART and VTIMEZONE with the dates asked for",
    level=2,
)
def single_events(context: CheckContext) -> str:
    """Ask for tests on two days, and open the calendar from before the first to after the last."""
    days = sorted(date.fromisoformat(test.date or "") for test in TESTS)
    count = require_occurrences(_generated(context, _wish(TESTS)).content, TESTS, Span(days[0], days[-1]))
    return f"{count} tests, once each"


@check(
    "calendar again",
    suite=CheckSuite.SMOKE,
    clauses=("CA-08",),
    needs="front_url",
    expected="the same UIDs for the same events, so that a second import replaces the first",
    next_step="make the UID of what makes the event, not of the moment or of its place in the file",
    level=2,
)
def calendar_again(context: CheckContext) -> str:
    """Ask for a calendar twice, the second time with its events in another order."""
    semester = _semester()
    first, second = (_uid_of_title(context, events, semester) for events in (LECTURES, LECTURES[::-1]))
    changed = sorted(title for title in first.keys() | second.keys() if first.get(title) != second.get(title))
    if changed:
        title = changed[0]
        raise CheckFailed(f"{title} has the UID {first.get(title)}, and generated again {second.get(title)}")
    return f"{len(first)} UIDs, the same again"


@check(
    "calendar of nonsense",
    suite=CheckSuite.SMOKE,
    clauses=("CA-10",),
    needs="front_url",
    expected="400",
    next_step="have the backend refuse what is no list of events",
    level=3,
)
def nonsense(context: CheckContext) -> str:
    """Ask for a calendar of something that is no list of events."""
    with client(context.target, context.target.front_url) as http:
        return said(expect(http.post(GENERATE, json={"events": "nonsense"}), *refused(context, BAD_REQUEST)))


@check(
    "lectures without a semester",
    suite=CheckSuite.SMOKE,
    clauses=("CA-11",),
    needs="front_url",
    expected="400",
    next_step="have the backend refuse weekly events without the dates of the semester",
    level=3,
)
def no_semester(context: CheckContext) -> str:
    """Ask for weekly lectures without saying from when to when."""
    with client(context.target, context.target.front_url) as http:
        return said(expect(http.post(GENERATE, json=_wish(LECTURES)), *refused(context, BAD_REQUEST)))


@check(
    "impossible events",
    suite=CheckSuite.SMOKE,
    clauses=("CA-12", "ER-03"),
    needs="front_url",
    expected="400 for each, which names what is wrong with it",
    next_step="have the backend refuse it: a calendar would show it on a day or at a time of its own choice",
    level=3,
)
def impossible(context: CheckContext) -> str:
    """Ask for calendars of nothing, and of events that take place on no day, or end before they begin."""
    semester, wish = _semester(), _wish(TESTS[:1])
    weekly = _wish(LECTURES[:1], semester)
    wishes = {"events": {**wish, "events": []}}
    wishes |= {named: _with(wish, **wrong) for named, wrong in WRONG_TESTS.items()}
    wishes |= {named: _with(weekly, **wrong) for named, wrong in WRONG_LECTURES.items()}
    with client(context.target, context.target.front_url) as http:
        for named, one in wishes.items():
            refusal_of(context, expect(http.post(GENERATE, json=one), BAD_REQUEST), named)
    return f"400 for each of {len(wishes)}"


def _with(wish: dict[str, Any], **wrong: str) -> dict[str, Any]:
    """Return the body of a request whose only event has other values."""
    return {**wish, "events": [wish["events"][0] | wrong]}


def _semester() -> Span:
    """Return the semester that begins within the next week."""
    today = datetime.now(UTC).date()
    first = today + timedelta(days=7 - today.weekday() + BEGINS)
    return Span(first, first + LASTS)


def _wish(events: tuple[Expected, ...], semester: Span | None = None) -> dict[str, Any]:
    """Return the body of a request for the calendar of *events*."""
    dates = {"semesterStart": semester.first.isoformat(), "semesterEnd": semester.last.isoformat()} if semester else {}
    return {"events": [_event(one) for one in events], "pdfType": "lecture" if events[0].day else "test"} | dates


def _event(one: Expected) -> dict[str, Any]:
    title = f"{one.module} {one.activity}"
    when = {"day": one.day, "isRecurring": True} if one.day else {"date": one.date, "isRecurring": False}
    return {"id": title, "summary": title, "location": one.venue, "startTime": one.start, "endTime": one.end} | when


def _generated(context: CheckContext, wish: dict[str, Any]) -> httpx.Response:
    with client(context.target, context.target.front_url) as http:
        return expect(http.post(GENERATE, json=wish), *done(context))


def _uid_of_title(context: CheckContext, events: tuple[Expected, ...], semester: Span) -> dict[str, str]:
    found = uids(opened(_generated(context, _wish(events, semester)).content))
    return {title: uid for uid, title in found.items()}


def _require_lines(content: bytes) -> None:
    lines = content.split(b"\r\n")
    if lines[-1] or any(b"\n" in line or b"\r" in line for line in lines):
        raise CheckFailed("lines that do not end with CRLF")
    longest = max(len(line) for line in lines)
    if longest > MOST_OCTETS:
        raise CheckFailed(f"a line of {longest} octets, where {MOST_OCTETS} is the most")


def _require_properties(event: Component) -> None:
    missing = [name for name in ("UID", "DTSTAMP", "DTSTART", "SUMMARY") if not event.get(name)]
    if missing:
        raise CheckFailed(f"an event without {', '.join(missing)}")
    stamp = getattr(event["DTSTAMP"], "dt", None)
    if not isinstance(stamp, datetime) or stamp.utcoffset() != timedelta(0):
        raise CheckFailed(f"a DTSTAMP {stamp} that is not in UTC")
