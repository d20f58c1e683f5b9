"""Label the test of a check for Allure: under the runbook's section, with its severity, each attempt as a step."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import allure

from drills.checks.result import Outcome
from drills.plugin.severity import allure_severity

if TYPE_CHECKING:
    from drills.checks.definition import Check
    from drills.checks.result import Attempt, CheckResult
    from drills.runbook import Runbook

EPIC: Final = "Checks"
ELSEWHERE: Final = "No incident of the runbook"


def label(check: Check, check_result: CheckResult, runbook: Runbook) -> None:
    """Set the labels of the test that is running, and attach what every attempt saw."""
    incident = runbook.incident_of(check.incident)
    allure.dynamic.epic(EPIC)
    allure.dynamic.feature(f"{incident.id}. {incident.name}" if incident else ELSEWHERE)
    allure.dynamic.story(check.name)
    allure.dynamic.title(f"{check.suite}: {check.name}")
    allure.dynamic.severity(allure_severity(check.level))
    allure.dynamic.tag(
        str(check.suite), *([str(check_result.outcome)] if check_result.outcome is not Outcome.PASS else [])
    )
    allure.dynamic.description(
        f"Expected: {check_result.expected}\n\nSaw: {check_result.seen}\n\nNext: {check_result.next_step}"
    )
    for number, attempt in enumerate(check_result.attempts, 1):
        _step(number, attempt, check_result)
    allure.attach(json.dumps(asdict(check_result), indent=2), "check result", allure.attachment_type.JSON)


def _step(number: int, attempt: Attempt, check_result: CheckResult) -> None:
    """Show an attempt as a step, red where it failed."""
    good = attempt.answered and (check_result.ok or number < len(check_result.attempts))
    with suppress(AssertionError), allure.step(f"attempt {number}, {attempt.seconds:.3f} s: {attempt.seen}"):
        if not good:
            raise AssertionError(attempt.seen)
