"""A journey has to find the events of its schedule, and no others, on the page and in the calendar."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from checks.schedules.occurrences import Span, opened, require_occurrences
from drills.checks import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checks.schedules import Expected

SHOWN: Final = 120


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


def in_calendar(content: bytes, expected: Sequence[Expected], semester: Span | None) -> int:
    """Return how many occurrences the calendar has; raises CheckFailed unless they are the *expected* lectures.

    A page that asks for no *semester* knows its own, and then the file says which it is.
    """
    titles = {(one.module, one.activity): f"{one.module} {one.activity}" for one in expected}

    def title_of(title: str) -> str:
        return next((ours for words, ours in titles.items() if all(_says(title, word) for word in words)), title)

    return require_occurrences(content, expected, semester or _own_semester(content), title_of)


def _own_semester(content: bytes) -> Span:
    days = [day for event in opened(content).walk("VEVENT") for day in _days(event)]
    if not days:
        raise CheckFailed("a calendar without events")
    return Span(min(days), max(days))


def _days(event: Any) -> list[date]:
    """Return the days of the first occurrence and of the rule's end."""
    found = [event["DTSTART"].dt, *(event.get("RRULE") or {}).get("UNTIL", ())]
    return [moment.date() if isinstance(moment, datetime) else moment for moment in found]


def _shows(row: str, event: Expected) -> bool:
    words = (event.module, event.activity, (event.day or "")[:3], event.start, event.end, event.venue)
    return all(_says(row, word) for word in words)


def _says(text: str, word: str) -> bool:
    """Whether *word* begins a word of *text*: made-up modules have any letters, those of an activity among them."""
    return re.search(rf"(?<!\w){re.escape(word)}", text) is not None
