"""The events that the system has to find in each made-up schedule."""

from __future__ import annotations

from typing import NamedTuple


class Expected(NamedTuple):
    """What the system must find in a schedule: `day` for a weekly event, `date` (ISO) for a single one."""

    module: str
    activity: str
    group: str | None
    day: str | None
    date: str | None
    start: str
    end: str
    venue: str


def expected_lectures(token: str) -> tuple[Expected, ...]:
    """Return the events of `lecture_pdf(token)`, in order."""
    return (
        Expected(token, "L1", "G01", "Monday", None, "08:30", "09:20", "Thuto 2-1"),
        Expected(token, "T1", "G01", "Friday", None, "13:30", "15:20", "IT 4-4"),
        Expected(token, "L1", "G02", "Tuesday", None, "07:30", "08:20", "Roos Hall"),
    )


def expected_tests(token: str) -> tuple[Expected, ...]:
    """Return the events of `test_pdf(token)`, in order."""
    return (
        Expected(token, "Semester Test 1", None, None, "2025-08-23", "08:00", "10:00", "Amphitheatre, Musaion"),
        Expected(token, "Semester Test 2", None, None, "2025-10-11", "11:30", "13:00", "Eng Hall"),
    )


def expected_exams(token: str) -> tuple[Expected, ...]:
    """Return the events of `exam_pdf(token)`, in order; an exam lasts three hours."""
    return (
        Expected(token, "Exam P1", None, None, "2025-11-12", "07:30", "10:30", "Rembrandt Hall"),
        Expected(token, "Exam P2", None, None, "2025-11-14", "12:30", "15:30", "Aldoel 1, Aldoel 2"),
    )
