"""A result is compared as a whole."""

from typing import Any

import pytest

from checks import schedules
from checks.schedules.comparison import require_events
from drills.checks import CheckFailed
from tests.helpers.results import result_of

WANTED = schedules.expected_lectures("SYN1")


def found() -> list[dict[str, Any]]:
    return result_of(WANTED)


def test_events_in_order_are_returned() -> None:
    assert require_events(found(), WANTED) == found()


@pytest.mark.parametrize("key", ["module", "activity", "group", "day", "startTime", "endTime", "venue", "isRecurring"])
def test_every_field_counts(key: str) -> None:
    events = found()
    events[1][key] = False if key == "isRecurring" else "other"
    with pytest.raises(CheckFailed, match=r"other events than those of the schedule: missing .*, added "):
        require_events(events, WANTED)


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
def test_what_is_not_the_schedule_is_seen(spoil: Any, seen: str) -> None:
    with pytest.raises(CheckFailed, match=seen):
        require_events(spoil(found()), WANTED)
