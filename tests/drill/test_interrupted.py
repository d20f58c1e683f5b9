"""However a drill ends, in whatever phase: the fault is undone, the stack healed, and the verdict so far on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from drills.common.waiting import WaitTimeout
from drills.drill import lifecycle
from drills.drill.lifecycle import run_arm
from drills.drill.phases import durability, recovery, settle, teardown, until_diagnosis
from drills.record.arm_verdict import read_verdict
from drills.record.events import DurabilityStage, Residue
from drills.record.judge import Judgement
from drills.record.reader import read
from drills.record.verdicts import Verdict
from drills.sandbox.errors import SandboxError
from tests.helpers.runs import QuietFault, TypedStack, a_run, a_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.arm.run import Run
    from drills.drill.system import System
    from drills.record.history import History


PHASES = {
    until_diagnosis: ("prepare", "steady", "quiet", "inject", "confirm", "detect", "diagnose"),
    recovery: ("resolve", "recover", "verify"),
}
ALL_PHASES = [(module, name) for module, names in PHASES.items() for name in names]
IDS = [name for _, name in ALL_PHASES]
UNDO = "echo undone"
BEFORE = {"docker ps": "all there"}


class Broken(QuietFault):
    """A fault that may fail to start or to end."""

    refusal: Exception | None = None
    does_not_end = False

    def undo(self, system: System) -> tuple[str, ...]:  # noqa: ARG002
        return (UNDO,)

    def inject(self, system: System) -> None:  # noqa: ARG002
        if self.refusal:
            raise self.refusal

    def stop(self) -> None:
        super().stop()
        if self.does_not_end:
            raise RuntimeError("the integration does not end")


@dataclass
class Drill:
    """One arm that is about to be run with all of its phases replaced."""

    folder: Path

    def __post_init__(self) -> None:
        self.stack, self.fault = TypedStack(self.folder, BEFORE), Broken()
        self.run: Run = a_run(self.folder, a_scenario(self.fault), stack=self.stack)

    def run_arm(self) -> Judgement:
        return run_arm(self.run)

    def verdict(self) -> Verdict:
        return read_verdict(self.folder).verdict

    def residue(self) -> tuple[str, ...]:
        return read(self.folder).of(Residue)[-1].items

    @property
    def ended_and_healed(self) -> tuple[int, int]:
        return self.fault.stops, self.stack.done.count("heal")


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drill:
    for module, name in ALL_PHASES:
        monkeypatch.setattr(module, name, lambda *_: None)
    monkeypatch.setattr(settle, "settle", lambda _: None)
    monkeypatch.setattr(durability, "durability", lambda _: None)
    return Drill(tmp_path / "drill")


def interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(("module", "phase"), ALL_PHASES, ids=IDS)
def test_interrupt_in_a_phase_leaves_nothing_behind(
    module: Any, phase: str, drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, phase, interrupt)
    with pytest.raises(KeyboardInterrupt):
        drill.run_arm()
    assert drill.ended_and_healed == (1, 1)
    assert UNDO in drill.stack.done
    assert drill.residue() == ()
    assert drill.verdict() is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("module", "part"),
    [(settle, "settle"), (durability, "durability"), (teardown, "tear_down")],
    ids=["settle", "durability", "tear_down"],
)
def test_verdict_that_was_reached_survives_an_interrupt(
    module: Any, part: str, drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes after the recovery was seen cannot take the verdict away."""
    monkeypatch.setattr(recovery, "recover", lambda run, *_: run.record.milestone("recovered"))
    monkeypatch.setattr(module, part, interrupt)
    with pytest.raises(KeyboardInterrupt):
        drill.run_arm()
    assert drill.verdict() is Verdict.UNKNOWN


def test_interrupted_durability_keeps_the_verdict_and_says_so(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict on disk is that of the whole record, residue included, as `drills rejudge` finds it."""
    monkeypatch.setattr(recovery, "recover", lambda run, *_: run.record.milestone("recovered"))
    monkeypatch.setattr(durability, "durability", interrupt)
    monkeypatch.setattr(lifecycle, "judge", judged_by_its_residue)
    with pytest.raises(KeyboardInterrupt):
        drill.run_arm()
    assert drill.verdict() is Verdict.UNPROVEN  # a recovery, whose placebo was not held any more
    stages = read(drill.folder).of(DurabilityStage)
    assert [(stage.stage, stage.held, stage.seen) for stage in stages] == [("load", None, "durability interrupted")]


def test_an_interrupt_in_the_teardown_keeps_the_verdict_and_ends_the_run(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    heal, began = drill.stack.heal, []

    def interrupted_once() -> None:
        began.append("heal")
        if len(began) == 1:
            raise KeyboardInterrupt
        heal()

    monkeypatch.setattr(drill.stack, "heal", interrupted_once)
    monkeypatch.setattr(lifecycle, "judge", judged_by_its_residue)
    with pytest.raises(KeyboardInterrupt):
        drill.run_arm()
    assert drill.residue() == ()
    assert drill.stack.done.count("heal") == 1
    assert drill.verdict() is Verdict.UNPROVEN


def test_a_second_interrupt_ends_the_teardown(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drill.stack, "heal", interrupt)
    with pytest.raises(KeyboardInterrupt):
        drill.run_arm()
    assert read(drill.folder).of(Residue) == []


def judged_by_its_residue(history: History) -> Judgement:
    return Judgement(Verdict.CONFIRMED if history.of(Residue) else Verdict.UNKNOWN, "it held")


@pytest.mark.parametrize("refusal", [SandboxError("no such container"), WaitTimeout("no such container after 40 s")])
def test_fault_that_cannot_be_started_is_a_verdict_with_its_reason(
    refusal: Exception, drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill.fault.refusal = refusal
    monkeypatch.setattr(until_diagnosis, "inject", lambda run: run.fault.inject(run.system))
    found = drill.run_arm()
    assert found.verdict is Verdict.UNKNOWN
    assert "no such container" in found.reason
    assert drill.ended_and_healed == (1, 1)


def test_stack_that_cannot_be_healed_keeps_its_verdict_and_tells(drill: Drill) -> None:
    drill.stack.refuses_to_heal = SandboxError("the backend stays unhealthy")
    drill.run_arm()
    assert drill.residue() == ("the stack could not be healed: the backend stays unhealthy",)
    assert drill.verdict() is Verdict.UNKNOWN


def test_fault_that_cannot_be_ended_does_not_keep_the_stack_from_being_healed(drill: Drill) -> None:
    drill.fault.does_not_end = True
    drill.run_arm()
    assert drill.ended_and_healed == (1, 1)
    assert "the integration does not end" in drill.residue()[0]


def test_solution_on_disk_is_unproven_until_its_placebo_was_held(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "judge", lambda _: Judgement(Verdict.CONFIRMED, "it held"))
    assert drill.run_arm().verdict is Verdict.CONFIRMED  # the placebo goes by its times
    assert drill.verdict() is Verdict.UNPROVEN
