"""An experiment runs the arms of a row in their order and judges them together; it replaces a spoiled sandbox."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from drills.common.draws import DRAWS
from drills.drill import experiment as under_test
from drills.drill.arm.head import head
from drills.drill.arm.listener import Listener
from drills.drill.experiment import Experiment
from drills.drill.records import Records
from drills.plugin.experiment import _require
from drills.record.arm_verdict import read_verdict
from drills.record.history import History
from drills.record.judge import Judgement
from drills.record.reader import FILE
from drills.record.solution_lines import otherwise_typed
from drills.record.verdicts import Arm, Verdict
from tests.helpers.heads import lines_of
from tests.helpers.histories import documented, placebo, written
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.runs import A_RUN, QuietFault, TypedStack, a_run, a_scenario, a_system

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.arm.run import Run
    from drills.drill.system import System
    from tests.helpers.histories import Story

STORIES = {Arm.DOCUMENTED: documented, Arm.ORIGINAL: documented, Arm.PLACEBO: placebo}


class Pool:
    """A pool with one system, which counts how often it was replaced."""

    def __init__(self, folder: Path) -> None:
        self._system = a_system(TypedStack(folder, {}))
        self.replaced = 0

    def system(self) -> System:
        return self._system

    def replace(self) -> None:
        self.replaced += 1


class Lab:
    """An experiment whose arms leave hand-made records."""

    def __init__(self, folder: Path) -> None:
        self.pool = Pool(folder)
        self.controls: dict[Arm, Judgement | None] = {}
        self.stories: dict[Arm, Story] = {arm: story(arm=str(arm)) for arm, story in STORIES.items()}
        self.verdict = Verdict.CONFIRMED
        self.raises: BaseException | None = None
        self.experiment = Experiment(
            self.pool, OWN_RUNBOOK, tuple(Arm), Records(folder, folder / ".run"), Listener(), A_RUN
        )

    def run_arm(self, run: Run, control: Judgement | None) -> Judgement:
        if self.raises:
            raise self.raises
        self.controls[run.arm] = control
        written(run.record.folder, self.stories[run.arm])
        return Judgement(self.verdict, "as told", ttr_s=1.0)


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    found = Lab(tmp_path)
    monkeypatch.setattr(under_test, "run_arm", found.run_arm)
    return found


CORRECTED = a_scenario(QuietFault(), "5.2", original=Verdict.REFUTED)


def test_all_arms_of_a_corrected_row_are_run_in_order(lab: Lab) -> None:
    assert list(lab.experiment.run(CORRECTED)) == [Arm.DOCUMENTED, Arm.ORIGINAL, Arm.PLACEBO]


def test_row_that_is_not_corrected_has_no_original(lab: Lab) -> None:
    assert list(lab.experiment.run(a_scenario(QuietFault()))) == [Arm.DOCUMENTED, Arm.PLACEBO]


def test_other_arms_have_the_documented_one_as_their_control(lab: Lab) -> None:
    lab.experiment.run(CORRECTED)
    assert lab.controls[Arm.DOCUMENTED] is None
    for arm in (Arm.ORIGINAL, Arm.PLACEBO):
        control = lab.controls[arm]
        assert control
        assert control.ttr_s == 1.0


def test_sandbox_is_used_again_after_a_clean_arm(lab: Lab) -> None:
    lab.experiment.run(CORRECTED)
    assert lab.pool.replaced == 0


@pytest.mark.parametrize("verdict", [Verdict.DIRTY, Verdict.UNKNOWN])
def test_sandbox_is_replaced_after_a_verdict_that_leaves_it_in_doubt(lab: Lab, verdict: Verdict) -> None:
    lab.verdict = verdict
    lab.experiment.run(CORRECTED)
    assert lab.pool.replaced == len(Arm)


def test_sandbox_with_residue_is_replaced(lab: Lab) -> None:
    lab.stories[Arm.PLACEBO] = tuple(
        event | {"items": ["a file"]} if event["kind"] == "residue" else event for event in placebo()
    )
    lab.experiment.run(CORRECTED)
    assert lab.pool.replaced == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("a mistake of ours")])
def test_sandbox_of_an_arm_that_was_broken_off_is_replaced(lab: Lab, error: BaseException) -> None:
    lab.raises = error
    with pytest.raises(type(error)):
        lab.experiment.run(CORRECTED)
    assert lab.pool.replaced == 1


def test_recovery_of_the_placebo_is_written_into_the_documented_verdict(lab: Lab) -> None:
    lab.stories[Arm.PLACEBO] = documented(arm="placebo")
    judgements = lab.experiment.run(CORRECTED)
    assert judgements[Arm.DOCUMENTED].verdict is Verdict.SPONTANEOUS
    assert read_verdict(lab.experiment.folder(CORRECTED, Arm.DOCUMENTED)).verdict is Verdict.SPONTANEOUS


def test_fault_that_the_stack_cannot_host_is_reported(lab: Lab) -> None:
    why = lab.experiment.lacks(CORRECTED)
    assert why
    assert "cannot host the fault 'quiet'" in why


def test_documented_arm_alone_is_unproven(lab: Lab) -> None:
    alone = replace(lab.experiment, chosen=(Arm.DOCUMENTED,))
    found = alone.run(CORRECTED)[Arm.DOCUMENTED]
    assert found.verdict is Verdict.UNPROVEN
    with pytest.raises(pytest.fail.Exception, match=r"^UNPROVEN: 5\.2 documented: .*hold the placebo, too"):
        _require(CORRECTED, {Arm.DOCUMENTED: found})


@pytest.mark.parametrize(("run", "verdict"), [("an earlier run", Verdict.UNPROVEN), ("a run", Verdict.CONFIRMED)])
def test_placebo_that_an_earlier_run_left_does_not_count(lab: Lab, run: str, verdict: Verdict) -> None:
    lines = lines_of(documented())
    lab.stories[Arm.DOCUMENTED] = documented(run="a run", solution_lines=lines)
    written(lab.experiment.folder(CORRECTED, Arm.PLACEBO), placebo(run=run, solution_lines=lines_of(())))
    alone = replace(lab.experiment, chosen=(Arm.DOCUMENTED,))
    assert alone.run(CORRECTED)[Arm.DOCUMENTED].verdict is verdict


@pytest.mark.parametrize("arm", Arm)
def test_head_has_the_lines_that_the_arm_types_and_the_id_of_its_run(tmp_path: Path, arm: Arm) -> None:
    run = a_run(tmp_path, CORRECTED, arm=arm)
    run.record.write("drill", t=0.0, **head(run))
    if arm is not Arm.PLACEBO:
        for command in run.commands:
            run.command(command, "resolve")
    written = History(run.record.events).head
    assert written.run == "a run"
    assert written.solution_lines
    assert bool(written.solution_lines.lines) is (arm is not Arm.PLACEBO)
    assert list(otherwise_typed(History(run.record.events))) == []


def test_head_has_no_secret_of_the_solution(tmp_path: Path) -> None:
    secret = OWN_RUNBOOK.cause("5.1").commands[0].text
    run = a_run(tmp_path, redact=lambda text: text.replace(secret, "***"))
    run.record.write("drill", t=0.0, **head(run))
    run.command(run.commands[0], "resolve")
    assert secret not in (tmp_path / FILE).read_text()
    assert list(otherwise_typed(History(run.record.events))) == []


@pytest.mark.parametrize("arm", Arm)
def test_head_has_the_seed_and_what_is_expected_to_last(tmp_path: Path, arm: Arm) -> None:
    run = a_run(tmp_path, replace(CORRECTED, lasting="relief"), arm=arm)
    run.record.write("drill", t=0.0, **head(run))
    written = History(run.record.events).head
    assert written.seed == A_RUN.seed
    assert written.expected_lasting == ("relief" if arm is Arm.DOCUMENTED else None)


def test_arms_of_a_cause_make_the_same_draws_and_those_of_another_cause_others(tmp_path: Path) -> None:
    drawn = {}
    for name, cause, arm in (
        ("solution", "5.2", Arm.DOCUMENTED),
        ("nothing", "5.2", Arm.PLACEBO),
        ("other", "5.1", Arm.DOCUMENTED),
    ):
        a_run(tmp_path / name, a_scenario(QuietFault(), cause), arm=arm)
        drawn[name] = DRAWS.random()
    assert drawn["solution"] == drawn["nothing"] != drawn["other"]
