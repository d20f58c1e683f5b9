"""The times of the arms, and what a drill needs of the runbook before it begins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from drills.drill.arm.limits import PLACEBO_S, TWICE, limits
from drills.drill.arm.run import DrillStopped
from drills.drill.lifecycle import _require_commands, _require_symptom, _serves_again
from drills.drill.phases import recovery, settle
from drills.record.judge import Judgement
from drills.record.placebo_watch import AT_LEAST_S, TIMES_AS_LONG
from drills.record.symptom import Symptom, SymptomChange
from drills.record.verdicts import Arm, Verdict
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.runs import a_run

if TYPE_CHECKING:
    from pathlib import Path

    from drills.record.events import MilestoneName

LIMITS = limits(OWN_RUNBOOK, OWN_RUNBOOK.incident(5), OWN_RUNBOOK.cause("5.1"), 30.0)


def documented(**times: Any) -> Judgement:
    return Judgement(Verdict.CONFIRMED, "held", **times)


def placebo_watch_s(control: Judgement | None) -> float:
    return LIMITS.watch_s(Arm.PLACEBO, control)


def test_documented_arm_is_watched_at_least_for_the_documented_time() -> None:
    assert LIMITS.watch_s(Arm.DOCUMENTED, None) >= LIMITS.recover_s


def test_documented_arm_that_recovers_at_the_end_is_watched_for_as_long_as_it_has_to_stay_recovered() -> None:
    assert LIMITS.watch_s(Arm.DOCUMENTED, None) >= LIMITS.recover_s + LIMITS.sustain_s


def test_placebo_takes_as_long_as_the_documented_commands_took() -> None:
    assert LIMITS.placebo_s(documented(action_s=4.2, ttr_s=9.0)) == 4.2


def test_placebo_is_watched_as_long_as_the_recovery_and_its_hold_took() -> None:
    assert placebo_watch_s(documented(action_s=4.0, ttr_s=9.0)) >= 5.0 + LIMITS.sustain_s


def test_placebo_gets_some_time_more_than_the_documented_arm() -> None:
    real_time = limits(OWN_RUNBOOK, OWN_RUNBOOK.incident(5), OWN_RUNBOOK.cause("5.1"), 1.0)
    watched_s = real_time.watch_s(Arm.PLACEBO, documented(action_s=4.0, ttr_s=9.0))
    assert watched_s == 5.0 + real_time.sustain_s + real_time.rate_s / 2


@pytest.mark.parametrize(
    ("ttr_s", "wanted_s"),
    [
        pytest.param(9.0, AT_LEAST_S, id="a fast solution"),
        pytest.param(20.0, TIMES_AS_LONG * 20.0, id="a slow one"),
        pytest.param(40.0, LIMITS.documented_s, id="one that takes a third of the documented time"),
    ],
)
def test_placebo_is_watched_by_the_rule_from_the_moment_in_which_the_solution_began(
    ttr_s: float, wanted_s: float
) -> None:
    control = documented(action_s=4.0, ttr_s=ttr_s)
    assert LIMITS.placebo_s(control) + placebo_watch_s(control) == wanted_s


def test_placebo_is_watched_for_the_documented_time_where_that_is_asked_for() -> None:
    control = documented(action_s=4.0, ttr_s=9.0)
    full = replace(LIMITS, full_placebo=True)
    assert full.placebo_s(control) + full.watch_s(Arm.PLACEBO, control) == 2 * 60.0


def test_placebo_is_watched_for_a_hold_even_after_an_instant_recovery() -> None:
    assert placebo_watch_s(documented(action_s=4.0, ttr_s=3.0)) >= LIMITS.sustain_s


def test_placebo_without_documented_arm_has_times_of_its_own() -> None:
    assert LIMITS.placebo_s(None) == PLACEBO_S
    assert placebo_watch_s(None) == AT_LEAST_S - PLACEBO_S


def test_placebo_after_an_arm_that_never_recovered_has_times_of_its_own() -> None:
    assert placebo_watch_s(documented(action_s=4.0)) == AT_LEAST_S - 4.0


def test_original_row_may_take_twice_as_long_as_the_one_that_corrects_it() -> None:
    found = LIMITS.watch_s(Arm.ORIGINAL, documented(action_s=1.0, ttr_s=9.0))
    assert found == TWICE * 9.0 + 2 * LIMITS.sustain_s


def test_original_row_alone_may_take_what_is_documented() -> None:
    assert LIMITS.watch_s(Arm.ORIGINAL, None) >= LIMITS.recover_s


def test_cause_without_commands_is_not_drilled(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    bare = replace(run, cause=replace(run.cause, commands=(), line=12))
    with pytest.raises(DrillStopped, match=r"incidents\.md:12\) gives no command for 5\.1 "):
        _require_commands(bare)


def test_cause_with_commands_may_be_drilled(tmp_path: Path) -> None:
    _require_commands(a_run(tmp_path))


@pytest.mark.parametrize(("milestone", "phases"), [("recovered", ["verify", "settle"]), ("watched", ["verify"])])
def test_only_what_has_recovered_can_settle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, milestone: MilestoneName, phases: list[str]
) -> None:
    run, done = a_run(tmp_path), list[str]()
    monkeypatch.setattr(recovery, "verify", lambda _: done.append("verify"))
    monkeypatch.setattr(settle, "settle", lambda _: done.append("settle"))
    run.record.milestone(milestone)
    _serves_again(run)
    assert done == phases


def test_symptom_that_selects_no_investigation_command_stops_the_drill(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    symptom = Symptom("kubectl get pods", "x", SymptomChange.APPEARS)
    with pytest.raises(DrillStopped, match="one investigation command of incident 5 that contains 'kubectl get pods'"):
        _require_symptom(replace(run, scenario=replace(run.scenario, symptom=symptom)))
