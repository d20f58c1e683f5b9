"""What an uploaded file deserves to become, as it is written down with the upload."""

from __future__ import annotations

import re
from typing import Final

from checks import schedules
from load.profiles import Content

MODULE: Final = "ANY"
FAILED: Final = "failed with a reason"
_COMPLETED: Final = re.compile(r"completed with (\d+) events")


def completed(events: int) -> str:
    """Return the end of a schedule in which there are so many *events*."""
    return f"completed with {events} events"


def events_in(deserves: str) -> int | None:
    """Return how many events a file has that deserves this end, or None for one that has to fail.

    Raises ValueError for a text that is no such end.
    """
    if deserves == FAILED:
        return None
    found = _COMPLETED.fullmatch(deserves)
    if found is None:
        raise ValueError(f"expected {FAILED!r} or {completed(3)!r} as the end that a file deserves, not {deserves!r}")
    return int(found[1])


LECTURES: Final = completed(len(schedules.expected_lectures(MODULE)))
OF_KIND: Final = {
    "lecture": LECTURES,
    "test": completed(len(schedules.expected_tests(MODULE))),
    "exam": completed(len(schedules.expected_exams(MODULE))),
}
OF_CONTENT: Final = {
    Content.SHORT: completed(len(schedules.SHORT.rows)),
    Content.FACULTY: completed(schedules.FACULTY_ROWS),
    Content.POISON: FAILED,
}
