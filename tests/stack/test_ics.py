from datetime import UTC, date, datetime
from typing import Any

import pytest
from icalendar import Calendar
from icalendar.cal import Component

from stack.services.backend.ics import IcsError, Item, Semester, calendar, parse_date

SEMESTER = Semester(date(2025, 7, 23), date(2025, 11, 1))
STAMP = datetime(2025, 1, 1, tzinfo=UTC)
LECTURE = Item("1", "COS110 L1", "IT 4-4", "08:30", "09:20", "Monday", "", recurring=True)
EXAM = Item("2", "COS110 P1", "", "07:30", "10:30", "", "2025-11-12", recurring=False)


def only_event(items: list[Item], semester: Semester | None = SEMESTER) -> Component:
    (event,) = Calendar.from_ical(calendar(items, semester, STAMP)).walk("VEVENT")
    return event


def test_a_weekly_lecture_starts_on_its_first_day_in_the_semester() -> None:
    assert only_event([LECTURE]).decoded("dtstart").date() == date(2025, 7, 28)


def test_a_weekly_lecture_repeats_until_the_semesters_last_moment() -> None:
    text = calendar([LECTURE], SEMESTER, STAMP).decode()
    assert "RRULE:FREQ=WEEKLY;UNTIL=20251101T215959Z" in text


def test_times_are_those_of_pretoria() -> None:
    assert only_event([EXAM]).decoded("dtstart").astimezone(UTC) == datetime(2025, 11, 12, 5, 30, tzinfo=UTC)


def test_an_exam_happens_once() -> None:
    assert "rrule" not in only_event([EXAM], None)


@pytest.mark.parametrize("text", ["2025-08-23", "23 Aug 2025", "2025-08-23T00:00:00Z"])
def test_dates_are_read_in_both_forms(text: str) -> None:
    assert parse_date(text) == date(2025, 8, 23)


@pytest.mark.parametrize(
    ("changes", "semester", "sentence"),
    [
        ({}, None, "weekly events need semesterStart"),
        ({}, Semester(date(2025, 2, 1), date(2025, 1, 1)), "before its start"),
        ({"day": "Someday"}, SEMESTER, "not a day of the week"),
        ({"start_time": "8h30"}, SEMESTER, "not a time such as 08:30"),
        ({"end_time": "08:00"}, SEMESTER, "not after its start"),
        ({"recurring": False, "date": "soon"}, SEMESTER, "not a date such as"),
    ],
)
def test_what_cannot_be_put_into_a_calendar_is_said(
    changes: dict[str, Any], semester: Semester | None, sentence: str
) -> None:
    fields = {name: getattr(LECTURE, name) for name in Item.__dataclass_fields__} | changes
    with pytest.raises(IcsError, match=sentence):
        calendar([Item(**fields)], semester, STAMP)
