import json
from collections.abc import Callable
from typing import Any

import pytest

from checks.smoke import calendar
from drills.checks.result import CheckResult
from tests.helpers.calendars import calendar_for
from tests.helpers.checking import look, require
from tests.helpers.fake_system import Asked

Change = Callable[[bytes], bytes]


def asked_of(one: Any, change: Change = bytes) -> CheckResult:
    """Try a check on a system that writes what it is asked for, except that *change* spoils it."""

    def answer(asked: Asked) -> tuple[int, Any]:
        wish = json.loads(asked.body)
        if not isinstance(wish["events"], list):
            return 400, {"message": "no list"}
        if any(event.get("isRecurring") for event in wish["events"]) and "semesterStart" not in wish:
            return 400, {"message": "no semester"}
        return 200, change(calendar_for(wish))

    return look(one, {"POST /api/generate/ics": answer})


def replacing(old: str, new: str) -> Change:
    def replace(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode())

    return replace


@pytest.fixture(autouse=True)
def any_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accept JSON as the type of a calendar, because the fake system declares it for everything."""
    monkeypatch.setattr(calendar, "MEDIA", "application/json")


@pytest.mark.parametrize(
    "one",
    [calendar.calendar_file, calendar.weekly_lectures, calendar.single_events, calendar.calendar_again],
    ids=lambda one: one.name,
)
def test_calendar_that_is_in_order(one: Any) -> None:
    require(asked_of(one), "")


def test_other_type_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "MEDIA", "text/calendar")
    require(asked_of(calendar.calendar_file), "200 as application/json")


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (replacing("\r\n", "\n"), "do not end with CRLF"),
        (lambda content: content.removesuffix(b"\r\n"), "lines that do not end with CRLF"),
        (replacing("\r\n ", ""), "octets, where 75 is the most"),
        (lambda _: b"hello\r\n", "no calendar: hello"),
        (replacing("SYN-4", "SYN-3"), "the same UID twice: SYN-3 Test@schedgen"),
        (replacing("UID:", "X-UID:"), "an event without UID"),
        (replacing("VERSION:2.0", "VERSION:1.0"), "no VERSION 2.0"),
        (replacing("PRODID", "X-PRODID"), "no PRODID"),
        (replacing("DTSTAMP", "X-DTSTAMP"), "an event without DTSTAMP"),
    ],
)
def test_file_that_is_not_valid_is_seen(change: Change, seen: str) -> None:
    require(asked_of(calendar.calendar_file, change), seen)


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "lacks SYN-1 L1 in Thuto 2-1, Wed "),
        ("FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=TU", "lacks SYN-1 L1 in Thuto 2-1, Wed "),
        ("FREQ=WEEKLY", "FREQ=DAILY", "lacks nothing, and has too much SYN-1 L1 in Thuto 2-1, Thu "),
        ("RRULE", "X-RRULE", "and has too much nothing"),
        ("TZOFFSETTO:+0200", "TZOFFSETTO:+0300", " 06:30 to 07:20 UTC"),
        ("TZID=Africa/Johannesburg", "TZID=Africa/Cairo", "which the file does not define"),
        (";TZID=Africa/Johannesburg", "", "which is in no time zone"),
        ("SUMMARY:SYN-2 P1", "SUMMARY:SYN-2 P9", "lacks SYN-2 P1"),
        ("LOCATION:Roos Hall", "LOCATION:Aula", "lacks SYN-2 L1 in Roos Hall"),
        ("UID:SYN-2 L1", "UID:SYN-1 L1", "the same UID twice: SYN-1 L1@schedgen"),
        ("UNTIL=", "UNTIL=never", "no program can show the calendar"),
        ("DTEND", "X-DTEND", " to 07:20 UTC"),
    ],
)
def test_lectures_at_other_times_are_seen(old: str, new: str, seen: str) -> None:
    require(asked_of(calendar.weekly_lectures, replacing(old, new)), seen)


def test_lecture_on_the_last_day_that_is_missing_is_seen() -> None:
    def a_day_less(content: bytes) -> bytes:
        last = content.split(b"UNTIL=")[1][:8]
        return content.replace(b"UNTIL=" + last, b"UNTIL=%d" % (int(last) - 1))

    require(asked_of(calendar.weekly_lectures, a_day_less), "the calendar lacks SYN-1 L2 in IT 4-4, Fri ")


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("20260822", "20260823", "Sat 22 Aug 2026 06:00 to 08:00 UTC, and has too much SYN-3 Test"),
        ("DTSTAMP", "RRULE:FREQ=YEARLY;COUNT=2\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nDTSTAMP", "too much SYN-3 Test"),
        ("ü", "u", "lacks SYN-3 Test in SYN Prüfung"),
        ("SUMMARY:SYN-4 Test", "SUMMARY:SYN-5 Test", "lacks SYN-4 Test"),
    ],
)
def test_tests_at_other_times_are_seen(old: str, new: str, seen: str) -> None:
    require(asked_of(calendar.single_events, replacing(old, new)), seen)


def test_missing_event_is_seen() -> None:
    def last_one_dropped(content: bytes) -> bytes:
        return content[: content.rindex(b"BEGIN:VEVENT")] + b"END:VCALENDAR\r\n"

    require(asked_of(calendar.single_events, last_one_dropped), "the calendar lacks SYN-4 Test")


def test_uids_of_the_moment_are_seen() -> None:
    numbers = iter("12")
    changing = lambda content: content.replace(b"@schedgen", next(numbers).encode())  # noqa: E731
    require(asked_of(calendar.calendar_again, changing), "has the UID SYN-1 L11, and generated again SYN-1 L12")


def test_uids_of_the_place_are_seen() -> None:
    def numbered(content: bytes) -> bytes:
        first, *events = content.split(b"UID:")
        return first + b"".join(b"UID:%d-" % number + event for number, event in enumerate(events))

    require(asked_of(calendar.calendar_again, numbered), "has the UID 0-SYN-1 L1@schedgen, and generated again 7-")


def test_refusals() -> None:
    for one in (calendar.nonsense, calendar.no_semester):
        require(asked_of(one), "")
        require(look(one, {"POST /api/generate/ics": (200, b"")}), "-> 200")
        require(look(one, {"POST /api/generate/ics": (500, b"")}), "-> 500")
