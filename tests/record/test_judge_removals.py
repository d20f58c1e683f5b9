"""A record without any one of the events that a confirmation needs is not confirmed."""

from __future__ import annotations

import pytest

from drills.record.verdicts import Verdict
from tests.helpers.histories import END, FIRING, PENDING, RECOVERED, RESOLVED, documented, drop, judged

CONFIRMATIONS = (Verdict.CONFIRMED, Verdict.CONFIRMED_WITH_LOSS)


def test_the_whole_history_is_confirmed() -> None:
    assert judged(documented()).verdict is Verdict.CONFIRMED


@pytest.mark.parametrize("name", ["injected", "firing", "resolved"])
def test_without_a_moment_nothing_is_confirmed(name: str) -> None:
    assert judged(drop(documented(), "milestone", name=name)).verdict not in CONFIRMATIONS


@pytest.mark.parametrize("kind", ["confirm", "alert", "sample", "traffic", "check", "ledger", "residue"])
def test_without_all_events_of_a_kind_nothing_is_confirmed(kind: str) -> None:
    assert judged(drop(documented(), kind)).verdict not in CONFIRMATIONS


@pytest.mark.parametrize("kind", ["sample", "traffic"])
def test_without_what_was_measured_in_the_hold_nothing_is_confirmed(kind: str) -> None:
    assert judged(drop(documented(), kind, RECOVERED, END)).verdict not in CONFIRMATIONS


@pytest.mark.parametrize("start_s", [t / 2 for t in range(round(2 * RESOLVED), round(2 * (RECOVERED + 10)))])
def test_blindness_of_four_seconds_anywhere_in_the_hold_confirms_nothing_yet(start_s: float) -> None:
    found = judged(drop(documented(), "sample", start_s, start_s + 4.0))
    assert found.verdict not in CONFIRMATIONS or (found.ttr_s or 0.0) > RECOVERED - RESOLVED + 2.0


@pytest.mark.parametrize(("name", "start_s"), [("pending", PENDING), ("firing", FIRING)])
def test_without_one_transition_of_the_alert_nothing_is_confirmed(name: str, start_s: float) -> None:
    assert judged(drop(documented(), "alert", start_s, start_s, to=name)).verdict not in CONFIRMATIONS
