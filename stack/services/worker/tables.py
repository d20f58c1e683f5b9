"""From the rows of a schedule's table to events. Pure: knows nothing of PDFs."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

EXAM_LENGTH = timedelta(hours=3)
_CLOCK = "%H:%M"
_RANGE = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
Row = dict[str, str]


class ScheduleError(ValueError):
    """The document is not a schedule that can be read; the text says where and why."""


@dataclass(frozen=True)
class Event:
    """One entry of a calendar; `day` for a weekly one, `date` (ISO) for a single one, the other None."""

    id: str
    module: str
    activity: str
    group: str | None
    day: str | None
    date: str | None
    startTime: str
    endTime: str
    venue: str
    isRecurring: bool


def _clock(text: str) -> datetime:
    try:
        return datetime.strptime(text.strip(), _CLOCK).replace(tzinfo=UTC)
    except ValueError as error:
        raise ScheduleError(f"{text!r} is not a time such as 08:30") from error


def _times(text: str) -> tuple[str, str]:
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise ScheduleError(f"{text!r} is not a time such as 08:30 - 09:20")
    start, end = (_clock(part).strftime(_CLOCK) for part in match.groups())
    return start, end


def _date(text: str) -> str:
    try:
        return datetime.strptime(text.strip().title(), "%d %b %Y").replace(tzinfo=UTC).date().isoformat()
    except ValueError as error:
        raise ScheduleError(f"{text!r} is not a date such as 23 Aug 2025") from error


def _lines(cell: str) -> list[str]:
    return [line.strip() for line in cell.split("\n") if line.strip()]


def _line(lines: Sequence[str], index: int) -> str:
    """Return the *index*-th line; a cell with a single line holds for every meeting, a missing one is empty."""
    if len(lines) == 1:
        return lines[0]
    return lines[index] if index < len(lines) else ""


def _lectures(row: Row) -> Iterator[Event]:
    days, times = _lines(row["Day"]), _lines(row["Time"])
    if not times or len(days) not in {1, len(times)}:
        raise ScheduleError(f"module {row['Module']}: {len(days)} days for {len(times)} times")
    activities, venues = _lines(row["Activity"]), _lines(row["Venue"])
    for index, time in enumerate(times):
        start, end = _times(time)
        yield Event(
            id="",
            module=row["Module"],
            activity=_line(activities, index),
            group=row["Group"] or None,
            day=_line(days, index),
            date=None,
            startTime=start,
            endTime=end,
            venue=_line(venues, index),
            isRecurring=True,
        )


def _single(row: Row, activity: str, start: str, end: str) -> Event:
    return Event(
        id="",
        module=row["Module"],
        activity=activity,
        group=None,
        day=None,
        date=_date(row["Date"]),
        startTime=start,
        endTime=end,
        venue=", ".join(_lines(row["Venue"])),
        isRecurring=False,
    )


def _tests(row: Row) -> Iterator[Event]:
    yield _single(row, row["Test"], *_times(row["Time"]))


def _exams(row: Row) -> Iterator[Event]:
    start = _clock(row["Start Time"])
    activity = " ".join(part for part in (row["Activity"], row["Paper"]) if part)
    yield _single(row, activity, start.strftime(_CLOCK), (start + EXAM_LENGTH).strftime(_CLOCK))


@dataclass(frozen=True)
class Layout:
    """The columns of one kind of schedule, in order, and how a row is read."""

    columns: tuple[str, ...]
    read: Callable[[Row], Iterator[Event]]


LAYOUTS = {
    "lecture": Layout(
        (
            "Module",
            "Offered",
            "Group",
            "Lang",
            "Activity",
            "Day",
            "Time",
            "Venue",
            "Campus",
            "Study Prog",
        ),
        _lectures,
    ),
    "test": Layout(("Module", "Test", "Day", "Date", "Time", "Campus", "Venue"), _tests),
    "exam": Layout(
        (
            "Status",
            "Module",
            "Paper",
            "Activity",
            "Date",
            "Start Time",
            "Module Campus",
            "Exam Campus",
            "Venue",
            "Exam Comments",
        ),
        _exams,
    ),
}
Table = list[list[str | None]]


def _is_header(cells: list[str], layout: Layout) -> bool:
    return tuple(" ".join(cell.split()).rstrip(".") for cell in cells) == layout.columns


def events(kind: str, rows: Table) -> list[dict[str, object]]:
    """Return the events of a schedule of *kind* from the rows of its tables; raises ScheduleError.

    Rows before the first header are no part of the schedule; a header repeated on a later page is skipped. An empty
    Module cell repeats the module above it.
    """
    layout = LAYOUTS[kind]
    module, begun, found = "", False, list[Event]()
    for cells in ([(cell or "").strip() for cell in row] for row in rows):
        if _is_header(cells, layout):
            begun = True
            continue
        if not begun:
            continue
        if len(cells) != len(layout.columns):
            raise ScheduleError(f"a row has {len(cells)} cells, expected {len(layout.columns)}: {cells}")
        row = dict(zip(layout.columns, cells, strict=True))
        module = row["Module"] = row["Module"] or module
        found.extend(layout.read(row))
    if not found:
        raise ScheduleError(f"no table with the columns {', '.join(layout.columns)} and at least one row")
    return [asdict(event) | {"id": f"{event.module}-{number}"} for number, event in enumerate(found, start=1)]
