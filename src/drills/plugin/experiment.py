"""The arms of a drill, one after the other, judged together, and a test's outcome made of their verdicts."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import allure
import pytest

from drills.drill import lifecycle as frame
from drills.plugin.severity import allure_severity
from drills.record.arm_verdict import write_verdict
from drills.record.events import Residue
from drills.record.experiment_verdict import rejudge
from drills.record.reader import FILE, read
from drills.record.verdicts import Arm, Verdict
from drills.reports import chart
from drills.runbook.quantities import quantity

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.sandbox_pool import SandboxPool
    from drills.drill.scenario import Scenario
    from drills.record.judge import Judgement
    from drills.runbook import Runbook
    from drills.runbook.model import Incident

SPOILED = (Verdict.DIRTY, Verdict.UNKNOWN)
"""After these verdicts the stack cannot be trusted any more, so the next drill gets a new one."""


@dataclass(frozen=True)
class Experiment:
    """Holds the chosen *arms* of a scenario on the *ground*, and leaves a folder for each below *output*."""

    sandbox_pool: SandboxPool
    runbook: Runbook
    arms: tuple[Arm, ...]
    output: Path

    def __call__(self, scenario: Scenario) -> dict[Arm, Judgement]:
        """Hold the arms and return their judgements; the test fails unless each verdict is the expected one."""
        self._label(scenario)
        self._require_offer(scenario)
        judgements: dict[Arm, Judgement] = {}
        arms = self._arms(scenario)
        for arm in arms:
            judgements[arm] = self._hold(scenario, arm, judgements.get(Arm.DOCUMENTED))
        judgements = self._judge_together(scenario, arms)
        self._attach(scenario, arms)
        _require(scenario, judgements)
        return judgements

    def _hold(self, scenario: Scenario, arm: Arm, control: Judgement | None) -> Judgement:
        folder = self._folder(scenario, arm)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            found = frame.run_drill(scenario, arm, self.sandbox_pool.system(), folder, control)
        except BaseException:
            self.sandbox_pool.replace()
            raise
        residue = read(folder).of(Residue)
        if found.verdict in SPOILED or not residue or residue[-1].items:
            self.sandbox_pool.replace()
        return found

    def _judge_together(self, scenario: Scenario, arms: tuple[Arm, ...]) -> dict[Arm, Judgement]:
        """Judge what was held now with the arms that stand there from an earlier run, and write all their verdicts."""
        found = rejudge(self._folder(scenario, arm) for arm in Arm if (self._folder(scenario, arm) / FILE).exists())
        for folder, verdict in found.verdicts.items():
            write_verdict(folder, verdict)
        return {arm: found.judgements[self._folder(scenario, arm)] for arm in arms}

    def _arms(self, scenario: Scenario) -> tuple[Arm, ...]:
        """Leave out the row as first documented where nothing corrects it, in the drill or in this runbook."""
        has_original = scenario.original is not None and bool(self.runbook.cause(scenario.cause).original)
        return tuple(arm for arm in self.arms if arm is not Arm.ORIGINAL or has_original)

    def _folder(self, scenario: Scenario, arm: Arm) -> Path:
        return self.output / "drills" / f"{scenario.cause}-{arm}"

    def _require_offer(self, scenario: Scenario) -> None:
        incident = self.runbook.incident(int(scenario.cause.split(".")[0]))
        stack = self.sandbox_pool.system().stack
        why = stack.descriptor.lacks(quantity=str(incident.alert.quantity), fault=scenario.fault().name)
        if why:
            pytest.skip(f"{scenario.cause} left out: {why}")

    def _label(self, scenario: Scenario) -> None:
        cause = self.runbook.cause(scenario.cause)
        incident = self.runbook.incident(int(scenario.cause.split(".")[0]))
        allure.dynamic.epic("Incident runbook")
        allure.dynamic.feature(f"{incident.id}. {incident.name}")
        allure.dynamic.story(f"{cause.id} {cause.name}")
        allure.dynamic.title(f"{cause.id} {cause.name}: {cause.solution}")
        allure.dynamic.severity(_severity(self.runbook, incident))

    def _attach(self, scenario: Scenario, arms: tuple[Arm, ...]) -> None:
        for arm in arms:
            folder = self._folder(scenario, arm)
            picture = chart.draw(folder)
            allure.attach.file(str(picture.with_suffix(".png")), f"{arm}: chart", allure.attachment_type.PNG)
            allure.attach.file(str(folder / "history.jsonl"), f"{arm}: history", "application/x-ndjson", "jsonl")
            allure.attach.file(str(folder / "verdict.json"), f"{arm}: verdict", allure.attachment_type.JSON)


def _require(scenario: Scenario, judgements: dict[Arm, Judgement]) -> None:
    """Fail with the verdict as the first word; an expected finding that no longer shows is a failure as well."""
    __tracebackhide__ = True
    for arm, judgement in judgements.items():
        expected = scenario.expects(arm)
        if judgement.verdict is not expected:
            pytest.fail(
                f"{judgement.verdict}: {scenario.cause} {arm}: {judgement.reason} (expected {expected}"
                f"{f': {scenario.finding}' if scenario.finding else ''})",
                pytrace=False,
            )


def _severity(runbook: Runbook, incident: Incident) -> str:
    """Return Allure's word for the severity whose examples name what the incident's alert measures."""
    named = [
        each.id
        for each in runbook.severities
        if any(quantity(example) is incident.alert.quantity for example in each.examples)
    ]
    return allure_severity(named[-1] if named else None)
