"""The experiment on one row of the runbook: its arms one after the other on sandboxes, judged together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from drills.drill.arm.prepared import prepared
from drills.drill.lifecycle import run_arm
from drills.drill.records import judged
from drills.record.arm_verdict import write_verdict
from drills.record.events import Residue
from drills.record.experiment_verdict import rejudge
from drills.record.reader import FILE, read
from drills.record.verdicts import Arm, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drills.drill.arm.listener import Listener
    from drills.drill.arm.run_options import RunOptions
    from drills.drill.records import Records
    from drills.drill.scenario import Scenario
    from drills.drill.system import System
    from drills.record.judge import Judgement
    from drills.runbook import Runbook

SPOILED = (Verdict.DIRTY, Verdict.UNKNOWN)
"""After these verdicts the stack cannot be trusted any more, so the next arm gets a new one."""


class Sandboxes(Protocol):
    """Where the arms are run."""

    def system(self) -> System:
        """Return the running system, booted if need be."""

    def replace(self) -> None:
        """Remove the system; the next arm gets a new one."""


@dataclass(frozen=True)
class Experiment:
    """Runs the *chosen* arms of a scenario, and leaves a folder for each among the *records*."""

    sandboxes: Sandboxes
    runbook: Runbook
    chosen: tuple[Arm, ...]
    records: Records
    listener: Listener
    options: RunOptions

    def run(self, scenario: Scenario) -> dict[Arm, Judgement]:
        """Run the arms and return their judgements; the documented arm's times are those of the arms after it."""
        judgements: dict[Arm, Judgement] = {}
        for arm in self.arms(scenario):
            judgements[arm] = self._arm(scenario, arm, judgements.get(Arm.DOCUMENTED))
        return self._judge_together(scenario, tuple(judgements))

    def arms(self, scenario: Scenario) -> tuple[Arm, ...]:
        """Return the arms to run, without the original where the scenario or this runbook has no correction of it."""
        has_original = scenario.original is not None and bool(self.runbook.cause(scenario.cause).original)
        return tuple(arm for arm in self.chosen if arm is not Arm.ORIGINAL or has_original)

    def folder(self, scenario: Scenario, arm: Arm) -> Path:
        """Return where an arm's record is, once the arm is judged."""
        return self.records.output / "drills" / f"{scenario.cause}-{arm}"

    def lacks(self, scenario: Scenario) -> str | None:
        """Return why the scenario cannot be run on this stack, in one sentence, or None when it can."""
        incident, _ = scenario.row(self.runbook)
        stack = self.sandboxes.system().stack
        return stack.descriptor.lacks(quantity=str(incident.alert.quantity), fault=scenario.fault().name)

    def _judge_together(self, scenario: Scenario, arms: tuple[Arm, ...]) -> dict[Arm, Judgement]:
        """Judge these arms with those that an earlier run recorded, and write the verdicts of all."""
        folders = {arm: self.folder(scenario, arm) for arm in Arm}
        rejudged = rejudge(folder for folder in folders.values() if (folder / FILE).exists())
        for folder, verdict in rejudged.verdicts.items():
            write_verdict(folder, verdict)
        return {arm: rejudged.judgements[folders[arm]] for arm in arms}

    def _arm(self, scenario: Scenario, arm: Arm, control: Judgement | None) -> Judgement:
        return held(
            self.sandboxes,
            self.records,
            self.folder(scenario, arm),
            lambda system, folder: run_arm(
                prepared(scenario, arm, system, folder, self.listener, self.options), control
            ),
        )


def held(sandboxes: Sandboxes, records: Records, folder: Path, hold: Callable[[System, Path], Judgement]) -> Judgement:
    """Hold an arm, anew, whose record is for *folder*; a sandbox that it may have spoiled is removed.

    *hold* gets the folder to record into: what an earlier run left in *folder* stays until this arm is judged.
    """
    written = records.new(folder)
    try:
        judgement = hold(sandboxes.system(), written)
    except BaseException:
        records.keep(folder, judged=judged(written))
        sandboxes.replace()
        raise
    residue = read(written).of(Residue)
    records.keep(folder, judged=True)
    if judgement.verdict in SPOILED or not residue or residue[-1].items:
        sandboxes.replace()
    return judgement
