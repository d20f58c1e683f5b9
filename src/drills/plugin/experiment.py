"""A drill as a test: its labels and steps in Allure's report, and when it is skipped or fails."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING

import allure
import pytest

from drills.common.visible import visible
from drills.drill.arm.listener import Listener
from drills.plugin.severity import allure_severity
from drills.record.durability import unexpected_lasting
from drills.record.reader import read
from drills.record.verdicts import Arm
from drills.reports import chart
from drills.runbook.quantities import quantity

if TYPE_CHECKING:
    from pathlib import Path

    from drills.common.threshold import Threshold
    from drills.drill.arm.listener import Phase
    from drills.drill.experiment import Experiment
    from drills.drill.scenario import Scenario
    from drills.record.judge import Judgement
    from drills.runbook import Runbook
    from drills.runbook.model import Command, Incident
    from drills.sandbox.terminal import Ran

NAME_LENGTH = 120


class AllureListener(Listener):
    """Shows each phase as a step of the test that is running, and in it what each command printed."""

    def __init__(self) -> None:
        self._arm = ""
        self._step = allure.step("")

    def arm_began(self, cause: str, arm: Arm, target: Threshold, threshold: Threshold) -> None:  # noqa: ARG002
        """Name the steps from now on after the arm."""
        self._arm = str(arm)

    def phase_began(self, phase: Phase, at_most_s: float) -> None:  # noqa: ARG002
        """Open a step."""
        self._step = allure.step(f"{self._arm}: {phase}")
        self._step.__enter__()

    def phase_ended(self, phase: Phase, error: BaseException | None) -> None:  # noqa: ARG002
        """Close the step, as failed where there is an *error*."""
        self._step.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)

    def command_ran(self, command: Command, ran: Ran) -> None:
        """Attach what the command printed."""
        allure.attach(
            visible(f"{ran.output}\n— {_ended(ran)} after {ran.seconds:.2f} s"),
            name=shorten(visible(f"line {command.line}{_failed(ran)}: {command.text}"), NAME_LENGTH),
            attachment_type=allure.attachment_type.TEXT,
        )


def _ended(ran: Ran) -> str:
    return "not typed" if ran.exit is None else f"exit {ran.exit}"


def _failed(ran: Ran) -> str:
    """Say in the name of what was printed how a failed command ended, so that it is seen among the others."""
    return f" ({_ended(ran)})" if ran.exit != 0 else ""


@dataclass(frozen=True)
class RunDrill:
    """The value of the fixture `run_drill`: call it with the scenario that the test is about."""

    experiment: Experiment

    def __call__(self, scenario: Scenario) -> dict[Arm, Judgement]:
        """Run the arms and return their judgements; the test fails unless each verdict is the expected one."""
        __tracebackhide__ = True
        _label(scenario, self.experiment.runbook)
        why = self.experiment.lacks(scenario)
        if why:
            pytest.skip(f"{scenario.cause} left out: {why}")
        if not self.experiment.arms(scenario):
            pytest.fail(f"{scenario.cause}: the arm that was asked for does not exist: no arm was held", pytrace=False)
        judgements = self.experiment.run(scenario)
        self._attach(scenario)
        _require(scenario, judgements)
        if Arm.DOCUMENTED in judgements:
            require_lasting(scenario, self.experiment.folder(scenario, Arm.DOCUMENTED))
        return judgements

    def _attach(self, scenario: Scenario) -> None:
        for arm in self.experiment.arms(scenario):
            folder = self.experiment.folder(scenario, arm)
            picture = chart.draw(folder)
            allure.attach.file(str(picture.with_suffix(".png")), f"{arm}: chart", allure.attachment_type.PNG)
            allure.attach.file(str(folder / "history.jsonl"), f"{arm}: history", "application/x-ndjson", "jsonl")
            allure.attach.file(str(folder / "verdict.json"), f"{arm}: verdict", allure.attachment_type.JSON)


def _label(scenario: Scenario, runbook: Runbook) -> None:
    incident, cause = scenario.row(runbook)
    allure.dynamic.epic("Incident runbook")
    allure.dynamic.feature(f"{incident.id}. {incident.name}")
    allure.dynamic.story(f"{cause.id} {cause.name}")
    allure.dynamic.title(f"{cause.id} {cause.name}: {cause.solution}")
    allure.dynamic.severity(_severity(runbook, incident))


def _require(scenario: Scenario, judgements: dict[Arm, Judgement]) -> None:
    """Fail with the verdict as the first word; an expected finding that no longer shows is a failure as well."""
    __tracebackhide__ = True
    for arm, judgement in judgements.items():
        expected = scenario.expects(arm)
        if judgement.verdict is not expected:
            pytest.fail(
                visible(
                    f"{judgement.verdict}: {scenario.cause} {arm}: {judgement.reason} (expected {expected}"
                    f"{f': {scenario.finding}' if scenario.finding else ''})"
                ),
                pytrace=False,
            )


def require_lasting(scenario: Scenario, folder: Path) -> None:
    """Fail where the recovery recorded in *folder* lasts otherwise than the scenario says, in both directions."""
    __tracebackhide__ = True
    why = unexpected_lasting(read(folder))
    if why:
        pytest.fail(f"{scenario.cause} {Arm.DOCUMENTED}: {why}", pytrace=False)


def _severity(runbook: Runbook, incident: Incident) -> str:
    """Return Allure's word for the severity whose examples name what the incident's alert measures."""
    places = [
        place
        for place, severity in enumerate(runbook.severities, 1)
        if any(quantity(example) is incident.alert.quantity for example in severity.examples)
    ]
    return allure_severity(places[-1] if places else None)
