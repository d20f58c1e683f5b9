"""A result is compared as a whole."""

from typing import Any

import pytest

from checks import schedules
from checks.schedules.comparison import require_events
from drills.checks import CheckFailed
from tests.helpers.results import result_of

LEVELS = pytest.mark.parametrize("letter", [True, False], ids=["to the letter", "of the kind"])
WANTED = schedules.expected_lectures("SYN1")


def found() -> list[dict[str, Any]]:
    return result_of(WANTED)


def test_events_in_order_are_returned() -> None:
    assert require_events(found(), WANTED, as_written=True) == found()


@pytest.mark.parametrize("key", ["module", "activity", "group", "day", "startTime", "endTime", "venue", "isRecurring"])
@LEVELS
def test_every_field_counts(key: str, *, letter: bool) -> None:
    events = found()
    events[1][key] = False if key == "isRecurring" else "other"
    with pytest.raises(CheckFailed, match=r"other events than those of the schedule: missing .*, added "):
        require_events(events, WANTED, as_written=letter)


@pytest.mark.parametrize(
    ("spoil", "seen"),
    [
        (lambda events: events[:-1], "missing .*G02.*, added \\[\\]"),
        (lambda events: [*events, events[0]], "missing \\[\\], added .*L1"),
        (lambda events: events[::-1], "another order than the schedule's: .*G02.* at place 1, not .*G01"),
        (lambda events: [event | {"id": "1"} for event in events], "several events of one id: \\['1'\\]"),
        (lambda events: [event | {"id": ""} for event in events], "events without an id"),
        (
            lambda events: [event | {"id": number} for number, event in enumerate(events)],
            r"events without an id: \[0, 1, 2\]",
        ),
        (lambda events: [event | {"date": "2026-01-01"} for event in events], "added .*2026-01-01"),
        (lambda _: None, "no events, but null"),
    ],
)
@LEVELS
def test_what_is_not_the_schedule_is_seen(spoil: Any, seen: str, *, letter: bool) -> None:
    with pytest.raises(CheckFailed, match=seen):
        require_events(spoil(found()), WANTED, as_written=letter)


OTHERWISE: list[dict[str, Any]] = [
    {"day": "mon"},
    {"startTime": "8:30", "endTime": "09:20:00"},
    {"startTime": "08h30", "endTime": "9:20 am"},
    {"venue": ["Thuto 2-1"]},
]


@pytest.mark.parametrize("spelled", OTHERWISE, ids=str)
def test_other_spellings_are_the_same_schedule_unless_the_letter_counts(spelled: dict[str, Any]) -> None:
    events = [found()[0] | spelled, *found()[1:]]
    assert require_events(events, WANTED, as_written=False) == events
    with pytest.raises(CheckFailed, match="other events than those of the schedule"):
        require_events(events, WANTED, as_written=True)


@pytest.mark.parametrize(
    "spelled",
    [
        {"date": "2025-08-23T00:00:00Z"},
        {"date": "23 Aug 2025"},
        {"date": "23/08/2025", "day": "Saturday"},
        {"startTime": "2025-08-23T08:00:00", "endTime": "10:00 a.m."},
        {"venue": "Amphitheatre; Musaion"},
    ],
    ids=str,
)
def test_other_spellings_of_a_test_are_the_same_test_unless_the_letter_counts(spelled: dict[str, Any]) -> None:
    wanted = schedules.expected_tests("SYN1")
    events = [result_of(wanted)[0] | spelled, *result_of(wanted)[1:]]
    assert require_events(events, wanted, as_written=False) == events
    with pytest.raises(CheckFailed, match="other events than those of the schedule"):
        require_events(events, wanted, as_written=True)


@pytest.mark.parametrize("wrong", [{"date": "24 Aug 2025"}, {"startTime": "8:00 pm"}, {"venue": "Musaion"}], ids=str)
def test_another_day_time_or_place_is_wrong_in_any_spelling(wrong: dict[str, Any]) -> None:
    wanted = schedules.expected_tests("SYN1")
    with pytest.raises(CheckFailed, match="other events than those of the schedule"):
        require_events([result_of(wanted)[0] | wrong, *result_of(wanted)[1:]], wanted, as_written=False)
