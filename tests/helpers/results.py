"""The events of a schedule as a system answers with them."""

from collections.abc import Iterable
from typing import Any

from checks.schedules import Expected


def result_of(expected: Iterable[Expected]) -> list[dict[str, Any]]:
    """Return the *expected* events as JSON, each with an id of its own."""
    return [
        {
            "id": str(number),
            "module": one.module,
            "activity": one.activity,
            "group": one.group,
            "day": one.day,
            "date": one.date,
            "startTime": one.start,
            "endTime": one.end,
            "venue": one.venue,
            "isRecurring": one.day is not None,
        }
        for number, one in enumerate(expected)
    ]
