"""Calendar files: valid by RFC 5545, with every event where and when it was asked for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from icalendar import Calendar

from drills.checks import CheckFailed, CheckSuite, brief, check, client, expect, said

if TYPE_CHECKING:
    import httpx
    from icalendar.cal import Component

    from drills.checks import CheckContext

OK: Final = 200
BAD_REQUEST: Final = 400
GENERATE: Final = "/api/generate/ics"
MEDIA: Final = "text/calendar"
MOST_OCTETS: Final = 75  # of one line, RFC 5545, 3.1
HERE: Final = ZoneInfo("Africa/Johannesburg")  # the university's, in which its schedules are printed
WEEK: Final = timedelta(weeks=1)
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONG: Final = "SYN Prüfung, Hörsaal; \\ Ümlauts and commas so that this line has to be folded: " + "äöü " * 12
# The first lecture is on the semester's first day and the last on its last: one day too few or too many is seen.
LECTURES: Final = (("SYN-1", "Monday", "08:30", "09:20"), ("SYN-2", "Friday", "13:30", "15:20"))
SEMESTER_LENGTH: Final = timedelta(weeks=13, days=4)
TESTS: Final = (("SYN-3", "2026-08-22", "08:00", "10:00"), ("SYN-4", "2026-10-10", "11:30", "13:00"))


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
    answer = _generated(context, _tests())
    media = answer.headers.get("content-type", "")
    if media.split(";")[0].strip() != MEDIA:
        raise CheckFailed(f"200 as {media or 'nothing in particular'}")
    _require_lines(answer.content)
    calendar = _calendar(answer)
    missing = [name for name in ("VERSION", "PRODID") if not calendar.get(name)]
    if missing or calendar["VERSION"] != "2.0":
        raise CheckFailed(f"no {' and no '.join(missing) or 'VERSION 2.0'}")
    events = calendar.walk("VEVENT")
    for event in events:
        _require_properties(event)
    _require_uids(events)
    _require_zones(calendar)
    return f"{len(answer.content)} bytes, {len(events)} events"


@check(
    "weekly lectures",
    suite=CheckSuite.SMOKE,
    clauses=("CA-02",),
    needs="front_url",
    expected="an event that repeats weekly on its day, from the first to the last week of the semester",
    next_step="compare the file's DTSTART and RRULE with the semester",
    level=2,
)
def weekly_lectures(context: CheckContext) -> str:
    """Ask for lectures on the first and on the last day of a semester."""
    first, last = _semester()
    answer = _generated(context, _weekly() | {"semesterStart": first.isoformat(), "semesterEnd": last.isoformat()})
    events = _by_summary(answer, len(LECTURES))
    for name, day, start, end in LECTURES:
        began = first + timedelta(days=WEEKDAYS.index(day))
        _require_times(events[name], began, start, end)
        _require_rule(events[name], last)
    return f"{len(LECTURES)} lectures, weekly until {last}"


@check(
    "single events",
    suite=CheckSuite.SMOKE,
    clauses=("CA-03",),
    needs="front_url",
    expected="tests on their own day, once",
    next_step="compare the file's DTSTART with the dates asked for",
    level=2,
)
def single_events(context: CheckContext) -> str:
    """Ask for tests on two days."""
    events = _by_summary(_generated(context, _tests()), len(TESTS))
    for name, day, start, end in TESTS:
        event = events[name]
        _require_times(event, date.fromisoformat(day), start, end)
        if event.get("RRULE"):
            raise CheckFailed(f"{name} repeats: {event['RRULE']}")
    return f"{len(TESTS)} tests, once each"


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
        return said(expect(http.post(GENERATE, json={"events": "nonsense"}), BAD_REQUEST))


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
        return said(expect(http.post(GENERATE, json=_weekly()), BAD_REQUEST))


def _semester() -> tuple[date, date]:
    """Return the first day (a Monday) and the last (a Friday) of the semester to come."""
    today = datetime.now(UTC).date()
    first = today + timedelta(days=7 - today.weekday())
    return first, first + SEMESTER_LENGTH


def _weekly() -> dict[str, Any]:
    events = [
        {"id": name, "summary": name, "location": "SYN", "day": day, "isRecurring": True} | _times(start, end)
        for name, day, start, end in LECTURES
    ]
    return {"events": events, "pdfType": "lecture"}


def _tests() -> dict[str, Any]:
    events = [
        {"id": name, "summary": name, "location": LONG, "date": day, "isRecurring": False} | _times(start, end)
        for name, day, start, end in TESTS
    ]
    return {"events": events, "pdfType": "test"}


def _times(start: str, end: str) -> dict[str, str]:
    return {"startTime": start, "endTime": end}


def _generated(context: CheckContext, wish: dict[str, Any]) -> httpx.Response:
    with client(context.target, context.target.front_url) as http:
        return expect(http.post(GENERATE, json=wish), OK)


def _calendar(answer: httpx.Response) -> Component:
    try:
        return Calendar.from_ical(answer.content)
    except (ValueError, IndexError):
        raise CheckFailed(f"200 with no calendar: {brief(answer)}") from None


def _by_summary(answer: httpx.Response, count: int) -> dict[str, Component]:
    found = {str(event.get("SUMMARY")): event for event in _calendar(answer).walk("VEVENT")}
    wanted = {name for name, *_ in (*LECTURES, *TESTS)} & found.keys()
    if len(found) != count or len(wanted) != count:
        raise CheckFailed(
            f"{len(found)} events, {', '.join(sorted(found)) or 'none'}, instead of the {count} asked for"
        )
    return found


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
    if _moment(event, "DTSTAMP").utcoffset() != timedelta(0):
        raise CheckFailed("a DTSTAMP that is not in UTC")
    if str(event.get("LOCATION")) != LONG.rstrip() and str(event.get("LOCATION")) != LONG:
        raise CheckFailed(f"another location than the one asked for: {event.get('LOCATION')}")


def _require_uids(events: list[Component]) -> None:
    twice = [uid for uid, count in Counter(str(event.get("UID")) for event in events).items() if count > 1]
    if twice or not events:
        raise CheckFailed(f"the same UID twice: {', '.join(twice)}" if events else "no events")


def _require_zones(calendar: Component) -> None:
    defined = {str(zone.get("TZID")) for zone in calendar.walk("VTIMEZONE")}
    used = {
        str(event[name].params["TZID"])
        for event in calendar.walk("VEVENT")
        for name in ("DTSTART", "DTEND")
        if name in event and "TZID" in getattr(event[name], "params", {})
    }
    if used - defined:
        raise CheckFailed(f"times in {', '.join(used - defined)}, which the file does not define")


def _moment(event: Component, name: str) -> datetime:
    found = getattr(event.get(name), "dt", None)
    if not isinstance(found, datetime):
        raise CheckFailed(f"{name} {found!r}, which is no moment")
    return found


def _require_times(event: Component, day: date, start: str, end: str) -> None:
    for name, clock in (("DTSTART", start), ("DTEND", end)):
        found, wanted = _wall_clock(_moment(event, name)), datetime.combine(day, time.fromisoformat(clock))
        if found != wanted:
            raise CheckFailed(f"{event.get('SUMMARY')}: {name} {found} instead of {wanted}")


def _wall_clock(milestone: datetime) -> datetime:
    """Return the local time at the university; a time without a zone is local already."""
    return milestone if milestone.tzinfo is None else milestone.astimezone(HERE).replace(tzinfo=None)


def _require_rule(event: Component, last: date) -> None:
    rule = event.get("RRULE")
    found = dict(rule) if isinstance(rule, dict) else {}
    until = (found.get("UNTIL") or [None])[0]
    if found.get("FREQ") != ["WEEKLY"] or not isinstance(until, date):
        raise CheckFailed(f"{event.get('SUMMARY')}: RRULE {rule and rule.to_ical().decode()}")
    start = _wall_clock(_moment(event, "DTSTART"))
    end = _wall_clock(until) if isinstance(until, datetime) else datetime.combine(until, time.max)
    most = (datetime.combine(last, time.max) - start) // WEEK
    if (end - start) // WEEK != most:
        raise CheckFailed(f"{event.get('SUMMARY')}: {(end - start) // WEEK + 1} lectures instead of {most + 1}")
