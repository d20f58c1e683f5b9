"""A journey has to find the events of its schedule, and no others, on the page and in the calendar."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar

from drills.checks import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checks.schedules import Expected

HERE: Final = ZoneInfo("Africa/Johannesburg")
"""The university's time zone, in which its schedules are printed."""
SHOWN: Final = 120


class Weekly(NamedTuple):
    """A lecture in a calendar."""

    module: str
    day: str
    start: str
    end: str
    venue: str


def on_page(rows: Sequence[str], expected: Sequence[Expected]) -> None:
    """Raise CheckFailed unless each row shows one of the expected events, and each of them is shown once."""
    left = list(expected)
    strange = []
    for row in rows:
        event = next((one for one in left if _shows(row, one)), None)
        if event is None:
            strange.append(" ".join(row.split())[:SHOWN])
        else:
            left.remove(event)
    if left or strange:
        missing = [f"{one.activity} {one.day} {one.start}" for one in left]
        raise CheckFailed(f"other events than the schedule's: missing {missing}, added {strange}")


def in_calendar(content: bytes, expected: Sequence[Expected], module: str) -> None:
    """Raise CheckFailed unless *content* is a calendar with the expected lectures, every week."""
    try:
        events = Calendar.from_ical(content).walk("VEVENT")
        found = sorted(_weekly(one, module) for one in events)
    except (ValueError, KeyError, AttributeError, IndexError) as error:
        raise CheckFailed(f"the download is no calendar ({error}): {content[:SHOWN]!r}") from None
    wanted = sorted(Weekly(module, one.day or "", one.start, one.end, one.venue) for one in expected)
    if found != wanted:
        raise CheckFailed(
            f"the calendar has {[tuple(one) for one in found]} instead of {[tuple(one) for one in wanted]}"
        )


def _shows(row: str, event: Expected) -> bool:
    words = (event.module, event.activity, (event.day or "")[:3], event.start, event.end, event.venue)
    return all(re.search(rf"(?<!\w){re.escape(word)}", row) for word in words)


def _weekly(event: Any, module: str) -> Weekly:
    start, end = _local(event["DTSTART"].dt), _local(event["DTEND"].dt)
    if event["RRULE"]["FREQ"] != ["WEEKLY"]:
        raise ValueError(f"{event['SUMMARY']} is not repeated every week")
    named = module if module in str(event["SUMMARY"]) else str(event["SUMMARY"])
    return Weekly(named, f"{start:%A}", f"{start:%H:%M}", f"{end:%H:%M}", str(event["LOCATION"]))


def _local(milestone: object) -> datetime:
    if not isinstance(milestone, datetime):
        raise ValueError(f"{milestone} has no time")  # noqa: TRY004  (the calendar's mistake, not ours)
    return milestone.astimezone(HERE) if milestone.tzinfo else milestone
