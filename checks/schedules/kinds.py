"""Schedules that are valid and seldom: other paper, turned pages, many pages, odd rows, names with accents."""

from __future__ import annotations

from typing import Final, NamedTuple

from checks.schedules.expected import Expected
from checks.schedules.printed import EXAMS, LECTURES, SHORT, Paper, Printed

A4: Final = Paper("A4")
LETTER: Final = Paper("Letter")
TURNED: Final = Paper("A4", turned=True)
WEEK: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
HOURS: Final = tuple((f"{hour:02}:30", f"{hour + 1:02}:20") for hour in range(7, 17))
MEETINGS: Final = 4
MANY: Final = 200
MOST_PAGES: Final = 100

Meeting = tuple[str, str, str, str, str]
"""Activity, day, start, end and venue."""


class Row(NamedTuple):
    """A row of lectures: *module* is empty where the row belongs to the module above; *group* may be empty too."""

    module: str
    group: str
    meetings: tuple[Meeting, ...]

    def cells(self) -> tuple[str, ...]:
        """Return what is printed, one meeting a line."""
        activities, days, starts, ends, venues = zip(*self.meetings, strict=True)
        times = (f"{start} - {end}" for start, end in zip(starts, ends, strict=True))
        lines = ("\n".join(column) for column in (activities, days, times, venues))
        return (self.module, "S1", self.group, "E", *lines, "Hatfield", "BSc IT")


class Kind(NamedTuple):
    """A schedule by its *name*, of the kind *type*, and its events, in which "{}" stands for the token."""

    name: str
    type: str
    printed: Printed
    events: tuple[Expected, ...]
    clauses: tuple[str, ...]

    def expected(self, token: str) -> tuple[Expected, ...]:
        """Return the events of this schedule for *token*, in order."""
        return tuple(one._replace(module=one.module.replace("{}", token)) for one in self.events)


def lectures(name: str, paper: Paper, rows: tuple[Row, ...], *clauses: str) -> Kind:
    """Return a schedule of lectures, which holds *clauses* of the contract."""
    printed = Printed(LECTURES.title, LECTURES.columns, tuple(row.cells() for row in rows), paper)
    found, module = list[Expected](), ""
    for row in rows:
        module = row.module or module
        found.extend(
            Expected(module, activity, row.group or None, day, None, start, end, venue)
            for activity, day, start, end, venue in row.meetings
        )
    return Kind(name, "lecture", printed, tuple(found), clauses)


LECTURE: Final[Meeting] = ("L1", "Monday", "08:30", "09:20", "Thuto 2-1")
TUTORIAL: Final[Meeting] = ("T1", "Friday", "13:30", "15:20", "IT 4-4")
ROWS: Final = (Row("{}", "G01", (LECTURE, TUTORIAL)), Row("", "G02", (("L1", "Tuesday", "07:30", "08:20", "Roos"),)))
ACCENTS: Final = (Row("{}", "É1", (("Übung", "Monday", "08:30", "09:20", "Môrester"), (*TUTORIAL[:4], "Château ß"))),)


def _many(count: int) -> tuple[Row, ...]:
    """Return rows of four meetings each; every third row begins a module, and no two meetings are alike."""
    meetings = [
        (f"L{number}", WEEK[number % len(WEEK)], *HOURS[number % len(HOURS)], f"Hall {number % 7}")
        for number in range(count)
    ]
    return tuple(
        Row("" if place % 3 else f"{{}}{place}", f"G{place:02}", tuple(meetings[begin : begin + MEETINGS]))
        for place, begin in enumerate(range(0, count, MEETINGS))
    )


def pages_of(count: int) -> Kind:
    """Return a schedule of *count* pages, with a lecture on each."""
    rows = tuple(Row("" if page else "{}", "G01", ((f"L{page}", *LECTURE[1:]),)) for page in range(count))
    return lectures(f"{count} pages", Paper("A4", rows_a_page=1), rows, "SC-08", "SC-14")


SMALL: Final = (
    lectures("A4", A4, ROWS, "SC-13"),
    lectures("Letter", LETTER, ROWS, "SC-13"),
    lectures("turned pages", TURNED, ROWS, "SC-13"),
    Kind(
        "one event",
        "test",
        SHORT._replace(paper=A4),
        (Expected("{}", "Semester Test 2", None, None, "2025-10-11", "11:30", "13:00", "Eng Hall"),),
        ("SC-09",),
    ),
    Kind(
        "several venues",
        "exam",
        EXAMS._replace(rows=((*EXAMS.rows[0][:8], "Aldoel 1\nAldoel 2\nRembrandt", ""),), paper=A4),
        (Expected("{}", "Exam P1", None, None, "2025-11-12", "07:30", "10:30", "Aldoel 1, Aldoel 2, Rembrandt"),),
        ("SC-04",),
    ),
    lectures("no group", A4, (Row("{}", "", (LECTURE,)), Row("{}2", "G01", (TUTORIAL,))), "SC-10"),
    lectures(
        "clashes",
        A4,
        (Row("{}", "G01", (LECTURE, LECTURE)), Row("{}2", "G01", (LECTURE, ("T1", *LECTURE[1:4], "Roos")))),
        "SC-11",
    ),
    lectures("accents", A4, ACCENTS, "SC-12"),
    lectures("two pages", Paper("A4", rows_a_page=1), ROWS, "SC-05", "SC-08"),
    lectures("header again", Paper("A4", rows_a_page=1, header_again=True), ROWS, "SC-05", "SC-08"),
)
"""Those that a check reads in passing; they lie ready."""
WHOLE: Final = lectures("two hundred events", Paper("A4", rows_a_page=5), _many(MANY), "SC-08", "SC-09", "CA-06")
"""The schedule of a student who takes everything."""
