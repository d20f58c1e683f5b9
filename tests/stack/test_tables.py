import pytest

from checks import schedules
from stack.services.worker.tables import LAYOUTS, ScheduleError, Table, events

KINDS = {
    "lecture": (schedules.LECTURES, schedules.expected_lectures),
    "test": (schedules.TESTS, schedules.expected_tests),
    "exam": (schedules.EXAMS, schedules.expected_exams),
}


def rows_of(kind: str) -> Table:
    printed, _ = KINDS[kind]
    rows: Table = [list(printed.columns)]
    rows.extend([cell.replace("{}", "COS110") for cell in row] for row in printed.rows)
    return rows


def facts(event: dict[str, object]) -> tuple[object, ...]:
    names = ("module", "activity", "group", "day", "date", "startTime", "endTime", "venue")
    return tuple(event[name] for name in names)


@pytest.mark.parametrize("kind", KINDS)
def test_the_rows_as_printed_give_the_expected_events(kind: str) -> None:
    assert [facts(event) for event in events(kind, rows_of(kind))] == list(KINDS[kind][1]("COS110"))


@pytest.mark.parametrize("kind", KINDS)
def test_only_lectures_repeat(kind: str) -> None:
    assert {event["isRecurring"] for event in events(kind, rows_of(kind))} == {kind == "lecture"}


def test_every_event_has_an_id_of_its_own() -> None:
    found = events("lecture", rows_of("lecture"))
    assert len({event["id"] for event in found}) == len(found)


def test_a_header_repeated_on_a_later_page_is_no_row() -> None:
    rows = rows_of("test")
    assert len(events("test", [*rows, rows[0], rows[1]])) == 3


def test_rows_before_the_header_are_no_part_of_the_schedule() -> None:
    assert len(events("test", [["University", "2025"], *rows_of("test")])) == 2


def test_no_header_is_no_schedule() -> None:
    with pytest.raises(ScheduleError, match="no table with the columns Module, Test"):
        events("test", rows_of("test")[1:])


def test_a_short_row_is_named() -> None:
    with pytest.raises(ScheduleError, match="a row has 2 cells, expected 7"):
        events("test", [*rows_of("test"), ["COS110", "Test"]])


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("Time", "half past eight", "is not a time such as 08:30 - 09:20"),
        ("Time", "25:00 - 26:00", "is not a time such as 08:30"),
        ("Date", "some day", "is not a date such as 23 Aug 2025"),
    ],
)
def test_an_unreadable_cell_is_quoted(column: str, value: str, sentence: str) -> None:
    rows = rows_of("test")
    rows[1][LAYOUTS["test"].columns.index(column)] = value
    with pytest.raises(ScheduleError, match=sentence):
        events("test", rows)


def test_lectures_with_more_days_than_times_are_refused() -> None:
    rows = rows_of("lecture")
    rows[1][LAYOUTS["lecture"].columns.index("Day")] = "Monday\nTuesday\nFriday"
    with pytest.raises(ScheduleError, match="3 days for 2 times"):
        events("lecture", rows)
