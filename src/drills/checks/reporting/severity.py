"""Classify failed checks by the runbook: the severity, the roles to call, how fast, and the sections to open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from drills.checks import REGISTER, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from drills.checks import Check, CheckResult
    from drills.runbook import Runbook
    from drills.runbook.model import Severity

# The one condition of escalation that a set of checks can judge, beside those that name a severity.
_SEVERAL: Final = re.compile(r"\b(?:more than one|multiple|several) services?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Section:
    """A section of the runbook to open, where it begins, and the failed checks it is opened for."""

    heading: str
    file: str
    line: int
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Escalation:
    """A role to call, and the conditions of the runbook that are met."""

    role: str
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Classified:
    """The runbook's severity of a run that is not green; *because* names the checks that decided."""

    level: int
    severity: Severity
    because: tuple[str, ...]
    sections: tuple[Section, ...]
    escalate: tuple[Escalation, ...]


def classify(
    check_results: Iterable[CheckResult], runbook: Runbook, checks: Mapping[str, Check] = REGISTER
) -> Classified | None:
    """Return the worst severity among the root causes in *check_results*; None where nothing is wrong with the system.

    What is blocked by a root cause adds nothing to it, and a mistake of a check is no incident. A system that is
    merely degraded falls short of its targets: the runbook's lowest level.
    """
    found = list(check_results)
    failed = [check_result for check_result in found if check_result.outcome is Outcome.FAIL]
    if failed:
        level = min(_level(check_result, runbook, checks) for check_result in failed)
        because = tuple(check_result.name for check_result in failed if _level(check_result, runbook, checks) == level)
        return Classified(
            level,
            runbook.severities[level - 1],
            because,
            _sections(failed, runbook, checks),
            _escalate(level, failed, runbook),
        )
    degraded = tuple(check_result for check_result in found if check_result.outcome is Outcome.DEGRADED)
    if degraded:
        level = len(runbook.severities)
        names = tuple(check_result.name for check_result in degraded)
        return Classified(level, runbook.severities[-1], names, _sections(degraded, runbook, checks), ())
    return None


def _level(check_result: CheckResult, runbook: Runbook, checks: Mapping[str, Check]) -> int:
    """Return the level of a failed check; one that is not registered has the worst level."""
    known = checks.get(check_result.name)
    return min(known.level, len(runbook.severities)) if known else 1


def _sections(
    check_results: Iterable[CheckResult], runbook: Runbook, checks: Mapping[str, Check]
) -> tuple[Section, ...]:
    """Return the sections to open, that of the worst check first."""
    asked: dict[int, list[str]] = {}
    for check_result in sorted(check_results, key=lambda result: _level(result, runbook, checks)):
        known = checks.get(check_result.name)
        if known and known.incident is not None:
            asked.setdefault(known.incident, []).append(check_result.name)
    incidents = [(runbook.incident(number), names) for number, names in asked.items()]
    return tuple(
        Section(incident.heading, runbook.path.name, incident.line, tuple(names)) for incident, names in incidents
    )


def _escalate(level: int, failed: Iterable[CheckResult], runbook: Runbook) -> tuple[Escalation, ...]:
    """Return the roles whose conditions name this severity, or speak of several services where several fail."""
    several = len({check_result.where for check_result in failed}) > 1
    name = re.compile(rf"\b{re.escape(runbook.severities[level - 1].id)}\b")
    found = []
    for trigger in runbook.escalation:
        met = tuple(text for text in trigger.conditions if name.search(text) or (several and _SEVERAL.search(text)))
        if met:
            found.append(Escalation(trigger.role, met))
    return tuple(found)
