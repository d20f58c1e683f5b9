"""A calendar file as a calendar program shows it: every occurrence, in the time zone that the file itself carries."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone

from drills.checks import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from icalendar.cal import Component

    from checks.schedules.expected import Expected

HERE: Final = ZoneInfo("Africa/Johannesburg")
"""The university's time zone, in which its schedules are printed."""
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AROUND: Final = timedelta(weeks=8)
"""So long before and after the days of interest is looked for occurrences that should not be there."""
SHOWN: Final = 3
MOMENTS: Final = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")


class Occurrence(NamedTuple):
    """One entry on one day of a calendar; *start* and *end* are in UTC."""

    start: datetime
    end: datetime
    title: str
    place: str

    def __str__(self) -> str:
        return f"{self.title} in {self.place}, {self.start:%a %d %b %Y %H:%M} to {self.end:%H:%M} UTC"


class Span(NamedTuple):
    """The days from *first* to *last*, both included, such as a semester."""

    first: date
    last: date

    def days(self, weekday: str) -> Iterator[date]:
        """Yield each of these days that is a *weekday*."""
        day = self.first + timedelta(days=(WEEKDAYS.index(weekday) - self.first.weekday()) % 7)
        while day <= self.last:
            yield day
            day += timedelta(weeks=1)


def opened(content: bytes) -> Component:
    """Return the calendar in *content*; raises CheckFailed when there is none."""
    try:
        return Calendar.from_ical(content)
    except (ValueError, IndexError):
        text = " ".join(content.decode(errors="replace").split())
        raise CheckFailed(f"no calendar: {text[:120] or '(empty body)'}") from None


def require_occurrences(
    content: bytes, expected: Collection[Expected], span: Span, title_of: Callable[[str], str] = str
) -> int:
    """Return how many occurrences a program shows of *content*; raises CheckFailed unless they are those *expected*.

    *title_of* turns a title of the calendar into the one that `occurrences` gives to the same event.
    """
    found = Counter(one._replace(title=title_of(one.title)) for one in shown(content, span))
    wanted = Counter(one for event in expected for one in occurrences(event, span))
    if found != wanted:
        missing, added = (_some(more) for more in (wanted - found, found - wanted))
        raise CheckFailed(f"opened, the calendar lacks {missing}, and has too much {added}")
    return found.total()


def occurrences(event: Expected, span: Span) -> Iterator[Occurrence]:
    """Yield each time that *event* takes place: once, or every week of *span*."""
    days = span.days(event.day) if event.day else (date.fromisoformat(event.date or ""),)
    for day in days:
        yield Occurrence(_utc(day, event.start), _utc(day, event.end), f"{event.module} {event.activity}", event.venue)


def shown(content: bytes, span: Span) -> Iterator[Occurrence]:
    """Yield what a calendar program shows of *content* in *span* and eight weeks around it; raises CheckFailed."""
    # Only here, because importing it takes longer than most checks.
    import recurring_ical_events  # noqa: PLC0415

    calendar = opened(content)
    uids(calendar)
    _take_carried_zones(calendar)
    try:
        found = recurring_ical_events.of(calendar).between(span.first - AROUND, span.last + AROUND)
        for event in found:
            title, place = str(event["SUMMARY"]), str(event.get("LOCATION", ""))
            yield Occurrence(event.start.astimezone(UTC), event.end.astimezone(UTC), title, place)
    except (ValueError, KeyError, AttributeError) as error:
        raise CheckFailed(f"no program can show the calendar: {type(error).__name__}: {error}") from None


def uids(calendar: Component) -> dict[str, str]:
    """Return the title of each event by its UID; raises CheckFailed where one is missing, or not the event's alone.

    A program that imports the file keeps one event for each UID.
    """
    events = calendar.walk("VEVENT")
    nameless = [str(event.get("SUMMARY")) for event in events if not event.get("UID")]
    if nameless:
        raise CheckFailed(f"an event without UID: {nameless[0]}")
    twice = [uid for uid, count in Counter(str(event["UID"]) for event in events).items() if count > 1]
    if twice:
        raise CheckFailed(f"the same UID twice: {', '.join(twice[:SHOWN])}")
    return {str(event["UID"]): str(event.get("SUMMARY")) for event in events}


def _take_carried_zones(calendar: Component) -> None:
    """Give each time the zone that the file defines, because a program need not know the one of this name."""
    zones = (zone for zone in calendar.walk("VTIMEZONE") if isinstance(zone, Timezone))
    carried = {zone.tz_name: zone.to_tz(lookup_tzid=False) for zone in zones}
    for event in calendar.walk("VEVENT"):
        for name in MOMENTS:
            for value in _values(event.get(name)):
                _take_zone(value, carried, f"{event.get('SUMMARY')}: {name}")


def _values(found: Any) -> list[Any]:
    """Return the values of a property: none, one, a list in one line, or one a line."""
    if found is None:
        return []
    lines = found if isinstance(found, list) else [found]
    return [value for line in lines for value in getattr(line, "dts", [line])]


def _take_zone(value: Any, carried: dict[str, Any], where: str) -> None:
    if not isinstance(value.dt, datetime):
        raise CheckFailed(f"{where} {value.dt}, which is no moment")
    name = value.params.get("TZID")
    if name is None and value.dt.tzinfo is None:
        raise CheckFailed(f"{where} {value.dt}, which is in no time zone")
    if name is not None and name not in carried:
        raise CheckFailed(f"{where} in {name}, which the file does not define")
    if name is not None:
        value.dt = value.dt.replace(tzinfo=carried[name])


def _utc(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), HERE).astimezone(UTC)


def _some(found: Iterable[Occurrence]) -> str:
    every = sorted(found)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return "; ".join(map(str, every[:SHOWN])) + more or "nothing"
