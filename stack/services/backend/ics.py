"""Calendar events to an iCalendar file: weekly lectures become repeating events, tests and exams single ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

ZONE = ZoneInfo("Africa/Johannesburg")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DATE_FORMATS = ("%Y-%m-%d", "%d %b %Y")


class IcsError(ValueError):
    """An event cannot be put into a calendar; the text says which and why."""


@dataclass(frozen=True)
class Semester:
    """First and last day of lectures."""

    first: date
    last: date


@dataclass(frozen=True)
class Item:
    """One event as the client sends it: `day` for a weekly one, `date` for a single one; the other is empty."""

    id: str
    summary: str
    location: str
    start_time: str
    end_time: str
    day: str
    date: str
    recurring: bool


def parse_date(text: str) -> date:
    """Read `2025-08-23`, with or without a time after it, or `23 Aug 2025`; raises IcsError."""
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text.partition("T")[0].strip(), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise IcsError(f"{text!r} is not a date such as 2025-08-23 or 23 Aug 2025")


def _time(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").replace(tzinfo=UTC).time()
    except ValueError as error:
        raise IcsError(f"{text!r} is not a time such as 08:30") from error


def _first_day(item: Item, semester: Semester | None) -> date:
    """Return the day of the event, or of its first repetition."""
    if not item.recurring:
        return parse_date(item.date)
    if semester is None:
        raise IcsError("weekly events need semesterStart and semesterEnd")
    if item.day.lower() not in DAYS:
        raise IcsError(f"{item.day!r} is not a day of the week")
    ahead = (DAYS.index(item.day.lower()) - semester.first.weekday()) % len(DAYS)
    return semester.first + timedelta(days=ahead)


def _event(item: Item, semester: Semester | None, stamp: datetime) -> Event:
    day = _first_day(item, semester)
    start, end = _time(item.start_time), _time(item.end_time)
    if end <= start:
        raise IcsError(f"event {item.id}: it ends at {item.end_time}, not after its start at {item.start_time}")
    event = Event()
    event.add("uid", f"{item.id}@schedgen")
    event.add("dtstamp", stamp)
    event.add("summary", item.summary)
    event.add("location", item.location)
    event.add("dtstart", datetime.combine(day, start, ZONE))
    event.add("dtend", datetime.combine(day, end, ZONE))
    if item.recurring and semester is not None:
        last = datetime.combine(semester.last, time.max.replace(microsecond=0), ZONE).astimezone(UTC)
        event.add("rrule", {"freq": "weekly", "until": last})
    return event


def calendar(items: list[Item], semester: Semester | None, stamp: datetime) -> bytes:
    """Return the .ics file of *items*, stamped with *stamp*; raises IcsError."""
    if semester is not None and semester.last < semester.first:
        raise IcsError(f"the semester ends on {semester.last}, before its start on {semester.first}")
    result = Calendar()
    result.add("prodid", "-//UP Schedule Generator//reference stack//EN")
    result.add("version", "2.0")
    for item in items:
        result.add_component(_event(item, semester, stamp))
    result.add_missing_timezones()
    return bytes(result.to_ical())
