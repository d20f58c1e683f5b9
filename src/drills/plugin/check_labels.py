"""A reading as Allure shows it: under the runbook's section, with its severity, each attempt as a step."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import allure

from drills.checks.result import Outcome

if TYPE_CHECKING:
    from drills.checks.definition import Probe
    from drills.checks.result import Attempt, Reading
    from drills.runbook import Runbook

EPIC: Final = "Checks"
ELSEWHERE: Final = "No incident of the runbook"
SEVERITIES: Final = {
    1: allure.severity_level.BLOCKER,
    2: allure.severity_level.CRITICAL,
    3: allure.severity_level.NORMAL,
    4: allure.severity_level.MINOR,
}


def label(probe: Probe, reading: Reading, book: Runbook) -> None:
    """Tell Allure where the test that is running belongs, and what every attempt saw."""
    incident = None if probe.incident is None else book.incident(probe.incident)
    allure.dynamic.epic(EPIC)
    allure.dynamic.feature(f"{incident.id}. {incident.name}" if incident else ELSEWHERE)
    allure.dynamic.story(probe.name)
    allure.dynamic.title(f"{probe.room}: {probe.name}")
    allure.dynamic.severity(SEVERITIES.get(probe.level, allure.severity_level.NORMAL))
    allure.dynamic.tag(str(probe.room), *([str(reading.outcome)] if reading.outcome is not Outcome.PASS else []))
    allure.dynamic.description(f"Expected: {reading.expected}\n\nSaw: {reading.seen}\n\nNext: {reading.next_step}")
    for number, attempt in enumerate(reading.attempts, 1):
        _step(number, attempt, reading)
    allure.attach(json.dumps(asdict(reading), indent=2), "reading", allure.attachment_type.JSON)


def _step(number: int, attempt: Attempt, reading: Reading) -> None:
    """Show an attempt as a step, red where it did not get what it asked for."""
    good = attempt.answered and (reading.ok or number < len(reading.attempts))
    with suppress(AssertionError), allure.step(f"attempt {number}, {attempt.seconds:.3f} s: {attempt.seen}"):
        if not good:
            raise AssertionError(attempt.seen)
