"""The calendar that a system makes of what a check asks for, by the reference stack's own writer."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from stack.services.backend.ics import Item, Semester, calendar

WEEKS = timedelta(weeks=14)


def calendar_for(wish: dict[str, Any]) -> bytes:
    """Return the calendar of *wish*; without dates of a semester, of the one that begins today."""
    today = datetime.now(UTC).date()
    first = date.fromisoformat(wish.get("semesterStart") or today.isoformat())
    last = date.fromisoformat(wish.get("semesterEnd") or (today + WEEKS).isoformat())
    return calendar([item(one) for one in wish["events"]], Semester(first, last), datetime.now(UTC))


def item(one: dict[str, Any]) -> Item:
    return Item(
        one["id"],
        one["summary"],
        one.get("location") or "",
        one["startTime"],
        one["endTime"],
        one.get("day") or "",
        one.get("date") or "",
        one["isRecurring"],
    )
