"""What each made-up schedule prints: its title, its columns and its rows."""

from __future__ import annotations

from typing import Final, NamedTuple

LARGE: Final = "A3"


class Paper(NamedTuple):
    """What a schedule is printed on, always in landscape, and how its table is spread over pages.

    *turned* pages are stored upright, and readers turn them by a quarter. With *rows_a_page* each page has a table of
    so many rows, *header_again* with the header above each; without it one table flows over the pages.
    """

    format: str = LARGE
    turned: bool = False
    rows_a_page: int | None = None
    header_again: bool = False


class Printed(NamedTuple):
    """A schedule as it is printed: "{}" stands for the token; a row without a module belongs to the one above."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    paper: Paper = Paper()


LECTURES = Printed(
    "Lectures",
    ("Module", "Offered", "Group", "Lang", "Activity", "Day", "Time", "Venue", "Campus", "Study Prog"),
    (
        (
            "{}",
            "S1",
            "G01",
            "E",
            "L1\nT1",
            "Monday\nFriday",
            "08:30 - 09:20\n13:30 - 15:20",
            "Thuto 2-1\nIT 4-4",
            "Hatfield",
            "BSc IT",
        ),
        (
            "",
            "S1",
            "G02",
            "E",
            "L1",
            "Tuesday",
            "07:30 - 08:20",
            "Roos Hall",
            "Hatfield",
            "BSc IT",
        ),
    ),
)
TESTS = Printed(
    "Semester Tests",
    ("Module", "Test", "Day", "Date", "Time", "Campus", "Venue"),
    (
        (
            "{}",
            "Semester Test 1",
            "Saturday",
            "23 Aug 2025",
            "08:00 - 10:00",
            "Hatfield",
            "Amphitheatre\nMusaion",
        ),
        (
            "",
            "Semester Test 2",
            "Saturday",
            "11 Oct 2025",
            "11:30 - 13:00",
            "Hatfield",
            "Eng Hall",
        ),
    ),
)
EXAMS = Printed(
    "Exams",
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
    (
        (
            "Final",
            "{}",
            "P1",
            "Exam",
            "12 NOV 2025",
            "07:30",
            "Hatfield",
            "Hatfield",
            "Rembrandt Hall",
            "",
        ),
        (
            "Final",
            "",
            "P2",
            "Exam",
            "14 NOV 2025",
            "12:30",
            "Hatfield",
            "Groenkloof",
            "Aldoel 1\nAldoel 2",
            "Open book",
        ),
    ),
)
SHORT = Printed(TESTS.title, TESTS.columns, (("{}", *TESTS.rows[1][1:]),))
FACULTY_ROWS = 80
FACULTY = Printed(TESTS.title, TESTS.columns, SHORT.rows * FACULTY_ROWS)
CORRUPT = Printed(TESTS.title, TESTS.columns, (("{}", "Semester Test 1", "Saturday", "some day", "never", "", ""),))
