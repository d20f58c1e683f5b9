import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from checks.smoke import calendar
from drills.checks.result import CheckResult
from tests.helpers.checking import look, require
from tests.helpers.fake_system import Asked

HERE = ZoneInfo("Africa/Johannesburg")
DAYS = calendar.WEEKDAYS


class Writer:
    """A fake backend that writes the calendar it is asked for; tests spoil one part of it."""

    def __init__(self) -> None:
        self.zones = True
        self.shift = timedelta(0)
        self.until = timedelta(0)
        self.weekly = True
        self.spoil: Callable[[Event], object] = lambda _: None
        self.about = {"version": "2.0", "prodid": "-//x//"}

    def answer(self, asked: Asked) -> tuple[int, Any]:
        wish = json.loads(asked.body)
        if not isinstance(wish["events"], list):
            return 400, {"message": "no list"}
        if any(one.get("isRecurring") for one in wish["events"]) and "semesterStart" not in wish:
            return 400, {"message": "no semester"}
        return 200, self.written(wish)

    def written(self, wish: dict[str, Any]) -> bytes:
        whole = Calendar()
        for name, value in self.about.items():
            whole.add(name, value)
        for one in wish["events"]:
            whole.add_component(self.event(one, wish))
        if self.zones:
            whole.add_missing_timezones()
        return bytes(whole.to_ical())

    def event(self, one: dict[str, Any], wish: dict[str, Any]) -> Event:
        event = Event()
        event.add("uid", one["id"])
        event.add("dtstamp", datetime.now(UTC))
        event.add("summary", one["summary"])
        event.add("location", one["location"])
        for name, clock in (("dtstart", one["startTime"]), ("dtend", one["endTime"])):
            event.add(name, datetime.combine(self.day(one, wish), time.fromisoformat(clock), HERE) + self.shift)
        if one["isRecurring"] and self.weekly:
            last = date.fromisoformat(wish["semesterEnd"])
            end = datetime.combine(last, time(23, 59, 59), HERE).astimezone(UTC) + self.until
            event.add("rrule", {"freq": "weekly", "until": end})
        self.spoil(event)
        return event

    def day(self, one: dict[str, Any], wish: dict[str, Any]) -> date:
        if not one["isRecurring"]:
            return date.fromisoformat(one["date"])
        return date.fromisoformat(wish["semesterStart"]) + timedelta(days=DAYS.index(one["day"]))


def asked_of(writer: Writer, one: Any, change: Callable[[bytes], bytes] = lambda content: content) -> CheckResult:
    def answer(asked: Asked) -> tuple[int, Any]:
        status, body = writer.answer(asked)
        return status, change(body) if isinstance(body, bytes) else body

    return look(one, {"POST /api/generate/ics": answer})


@pytest.fixture(autouse=True)
def any_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accept JSON as the type of a calendar, because the fake system declares it for everything."""
    monkeypatch.setattr(calendar, "MEDIA", "application/json")


def test_calendar_that_is_in_order() -> None:
    for one in (calendar.calendar_file, calendar.weekly_lectures, calendar.single_events):
        require(asked_of(Writer(), one), "")


def test_other_type_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "MEDIA", "text/calendar")
    require(asked_of(Writer(), calendar.calendar_file), "200 as application/json")


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda content: content.replace(b"\r\n", b"\n"), "do not end with CRLF"),
        (lambda content: content.removesuffix(b"\r\n"), "lines that do not end with CRLF"),
        (lambda content: content.replace(b"\r\n ", b""), "octets, where 75 is the most"),
        (lambda _: b"hello\r\n", "200 with no calendar"),
        (lambda content: content.replace(b"SYN-4", b"SYN-3"), "the same UID twice: SYN-3"),
        (lambda content: content.replace(b"VERSION:2.0", b"VERSION:1.0"), "no VERSION 2.0"),
        (lambda content: content.replace(b"PRODID", b"X-PRODID"), "no PRODID"),
        (lambda content: content.replace(b"DTSTAMP", b"X-DTSTAMP"), "an event without DTSTAMP"),
        (lambda content: content.replace("ü".encode(), b"u"), "another location"),
    ],
)
def test_file_that_is_not_valid_is_seen(change: Callable[[bytes], bytes], seen: str) -> None:
    require(asked_of(Writer(), calendar.calendar_file, change), seen)


def test_zone_that_the_file_does_not_define_is_seen() -> None:
    writer = Writer()
    writer.zones = False
    require(asked_of(writer, calendar.calendar_file), "times in Africa/Johannesburg, which the file does not define")


def test_events_at_another_time_are_seen() -> None:
    writer = Writer()
    writer.shift = timedelta(days=1)
    for one in (calendar.weekly_lectures, calendar.single_events):
        require(asked_of(writer, one), "DTSTART")
    writer.shift = timedelta(hours=-2)
    require(asked_of(writer, calendar.single_events), "06:00:00 instead of 2026-08-22 08:00:00")


@pytest.mark.parametrize("days", [-1, -7, 7, 14])
def test_semester_of_another_length_is_seen(days: int) -> None:
    writer = Writer()
    writer.until = timedelta(days=days)
    require(asked_of(writer, calendar.weekly_lectures), "lectures instead of 14")


def test_lectures_that_do_not_repeat_are_seen() -> None:
    writer = Writer()
    writer.weekly = False
    require(asked_of(writer, calendar.weekly_lectures), "RRULE None")


def test_tests_that_repeat_are_seen() -> None:
    writer = Writer()
    writer.spoil = lambda event: event.add("rrule", {"freq": "weekly"})
    require(asked_of(writer, calendar.single_events), "SYN-3 repeats")


def test_missing_event_is_seen() -> None:
    def last_one_dropped(content: bytes) -> bytes:
        return content[: content.rindex(b"BEGIN:VEVENT")] + b"END:VCALENDAR\r\n"

    require(asked_of(Writer(), calendar.single_events, last_one_dropped), "1 events, SYN-3, instead of the 2 asked for")


def test_refusals() -> None:
    for one in (calendar.nonsense, calendar.no_semester):
        require(asked_of(Writer(), one), "")
        require(look(one, {"POST /api/generate/ics": (200, b"")}), "-> 200")
        require(look(one, {"POST /api/generate/ics": (500, b"")}), "-> 500")
