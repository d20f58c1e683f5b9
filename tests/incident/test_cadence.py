"""Which update was due when, by the level's rhythm, and which was late or is not recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.incident.cadence import due_updates, next_due
from tests.helpers.incidents import BEGAN, facts, opened, resolved, update

if TYPE_CHECKING:
    from datetime import datetime

    from drills.incident.facts import Facts


def minutes(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - BEGAN).total_seconds() / 60


def walked(found: Facts) -> list[tuple[float | None, float | None, bool]]:
    return [
        (minutes(each.due), minutes(each.sent.when) if each.sent else None, each.late) for each in due_updates(found)
    ]


@pytest.mark.parametrize(
    ("sent", "until", "expected"),
    [
        ((), 29, []),
        ((), 31, [(30, None, True)]),
        ((), 95, [(30, None, True), (60, None, True), (90, None, True)]),
        ((20,), 45, [(30, 20, False)]),
        ((30,), 45, [(30, 30, False)]),
        ((31,), 45, [(30, 31, True)]),
        ((20,), 51, [(30, 20, False), (50, None, True)]),
        ((70,), 75, [(30, None, True), (60, 70, True)]),
        ((5, 10), 12, [(30, 5, False), (35, 10, False)]),
    ],
)
def test_updates_are_due_a_rhythm_after_the_one_before(
    sent: tuple[float, ...], until: float, expected: list[tuple[float | None, float | None, bool]]
) -> None:
    assert walked(facts(*map(update, sent), until=until)) == expected


def test_nothing_is_due_after_the_resolution() -> None:
    found = facts(update(20), resolved(50))
    assert walked(found) == [(30, 20, False)]
    assert next_due(found) is None


def test_level_without_a_rhythm_asks_for_none_and_keeps_what_was_sent() -> None:
    found = facts(update(20), first=opened(severity="SEV-4"), until=600)
    assert walked(found) == [(None, 20, False)]
    assert next_due(found) is None


def test_rhythm_is_that_of_the_level_at_the_time() -> None:
    found = facts(update(20, severity="SEV-1"), until=40)
    assert walked(found) == [(30, 20, False), (35, None, True)]


def test_next_one_counts_from_the_last_that_was_sent() -> None:
    assert minutes(next_due(facts(until=0))) == 30
    assert minutes(next_due(facts(update(20), until=25))) == 50
