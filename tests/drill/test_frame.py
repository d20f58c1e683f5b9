from __future__ import annotations

from typing import Any, cast

import pytest

from drills import runbook
from drills.drill.lifecycle import PLACEBO_ACTION_S, TWICE, _require_commands, _require_sign, _times
from drills.drill.limits import limits
from drills.drill.run import DrillStopped, Run
from drills.record.judge import Judgement
from drills.record.symptom import Symptom, SymptomChange
from drills.record.verdicts import Arm, Verdict
from tests.helpers.paths import RUNBOOK

BOOK = runbook.load(RUNBOOK)
LIMITS = limits(BOOK, BOOK.incident(5), BOOK.cause("5.1"), 30.0)


class Facts:
    """The few parts of a run that a pure function asks for."""

    def __init__(self, **facts: Any) -> None:
        self.__dict__.update(facts)


def run(**facts: Any) -> Run:
    return cast("Run", Facts(**{"arm": Arm.PLACEBO, "limits": LIMITS} | facts))


def times_after(**control: Any) -> tuple[float, float]:
    return _times(run(), Judgement(Verdict.CONFIRMED, "held", **control))


def test_documented_arm_waits_for_nothing_but_its_commands() -> None:
    assert _times(run(arm=Arm.DOCUMENTED), None)[0] == 0.0


def test_documented_arm_is_watched_at_least_for_the_documented_time() -> None:
    assert _times(run(arm=Arm.DOCUMENTED), None)[1] >= LIMITS.recover_s


def test_placebo_takes_as_long_as_the_documented_commands_took() -> None:
    assert times_after(action_s=4.2, ttr_s=9.0)[0] == 4.2


def test_placebo_is_watched_as_long_as_the_recovery_and_its_hold_took() -> None:
    assert times_after(action_s=4.0, ttr_s=9.0)[1] >= 5.0 + LIMITS.sustain_s


def test_placebo_gets_some_time_more_than_the_documented_arm() -> None:
    assert times_after(action_s=4.0, ttr_s=9.0)[1] == 5.0 + LIMITS.sustain_s + LIMITS.rate_s / 2


def test_placebo_is_watched_for_a_hold_even_after_an_instant_recovery() -> None:
    assert times_after(action_s=4.0, ttr_s=3.0)[1] >= LIMITS.sustain_s


def test_placebo_without_documented_arm_has_times_of_its_own() -> None:
    assert _times(run(), None) == (PLACEBO_ACTION_S, 2 * LIMITS.rate_s + LIMITS.sustain_s - LIMITS.rate_s / 2)


def test_placebo_after_an_arm_that_never_recovered_has_times_of_its_own() -> None:
    assert times_after(action_s=4.0)[1] == LIMITS.rate_s + LIMITS.sustain_s + LIMITS.rate_s / 2


def test_original_row_may_take_twice_as_long_as_the_one_that_corrects_it() -> None:
    found = _times(run(arm=Arm.ORIGINAL), Judgement(Verdict.CONFIRMED, "held", action_s=1.0, ttr_s=9.0))
    assert found == (0.0, TWICE * 9.0 + 2 * LIMITS.sustain_s)


def test_original_row_alone_may_take_what_is_documented() -> None:
    assert _times(run(arm=Arm.ORIGINAL), None)[1] >= LIMITS.recover_s


def test_cause_without_commands_is_not_drilled() -> None:
    bare = Facts(id="5.1", name="Connection leak", commands=(), line=12)
    with pytest.raises(DrillStopped, match=r"incidents\.md:12\) gives no command for 5\.1 Connection leak"):
        _require_commands(run(cause=bare, commands=(), system=Facts(runbook=BOOK)))


def test_cause_with_commands_may_be_drilled() -> None:
    _require_commands(run(cause=BOOK.cause("5.1"), commands=BOOK.cause("5.1").commands, system=Facts(runbook=BOOK)))


def test_sign_that_selects_no_investigation_command_stops_the_drill() -> None:
    scenario = Facts(symptom=Symptom("kubectl get pods", "x", SymptomChange.APPEARS))
    with pytest.raises(DrillStopped, match="one investigation command of incident 5 that contains 'kubectl get pods'"):
        _require_sign(run(incident=BOOK.incident(5), scenario=scenario, system=Facts(runbook=BOOK)))
