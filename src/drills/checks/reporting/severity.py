"""Classify failed checks by the runbook: the severity, the roles to call, how fast, and the sections to open."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from drills.checks import KNOWN, Outcome
from drills.runbook.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from drills.checks import Check, CheckResult
    from drills.runbook import Runbook
    from drills.runbook.model import Incident

# The one condition of escalation that a set of checks can judge, beside those that name a severity.
_NUMBER: Final = re.compile(r"\d+")
_SEVERAL: Final = re.compile(r"\b(?:more than one|multiple|several) services?\b", re.IGNORECASE)

LOWEST: Final = 4
"""The least severe level of a check."""
_NOT_SAID: Final = "not said in the runbook"
UNDESCRIBED: Final = Severity(
    id="",
    name="without a description in the runbook",
    priority="no priority",
    definition=_NOT_SAID,
    examples=(),
    response_time=_NOT_SAID,
    response_time_s=None,
    team=("whoever is on call",),
    communication=(_NOT_SAID,),
    update_every_s=None,
    resolution_target=_NOT_SAID,
    resolution_target_s=None,
    line=1,
)
"""A severity of a runbook that has no table of them."""


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
    check_results: Iterable[CheckResult], runbook: Runbook, checks: Mapping[str, Check] = KNOWN
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
            _severity(level, runbook),
            because,
            _sections(failed, runbook, checks),
            _escalate(level, failed, runbook),
        )
    degraded = tuple(check_result for check_result in found if check_result.outcome is Outcome.DEGRADED)
    if degraded:
        level = len(runbook.severities) or LOWEST
        names = tuple(check_result.name for check_result in degraded)
        return Classified(level, _severity(level, runbook), names, _sections(degraded, runbook, checks), ())
    return None


def _level(check_result: CheckResult, runbook: Runbook, checks: Mapping[str, Check]) -> int:
    """Return the level of a failed check, of as many as the runbook has; one that is not registered has the worst."""
    known, number = checks.get(check_result.name), len(runbook.severities) or LOWEST
    if known is None:
        return 1
    return known.level if number >= LOWEST else math.ceil(known.level * number / LOWEST)


def _severity(level: int, runbook: Runbook) -> Severity:
    """Return the runbook's severity of this level, or what is known of it where the document has no levels."""
    worst_first = sorted(runbook.severities, key=_rank)
    return worst_first[level - 1] if worst_first else replace(UNDESCRIBED, id=f"SEV-{level}")


def _rank(severity: Severity) -> float:
    """Return the number in a severity's name: 1 is the worst, in whatever order the document has them."""
    number = _NUMBER.search(severity.id)
    return float(number[0]) if number else math.inf


def _sections(
    check_results: Iterable[CheckResult], runbook: Runbook, checks: Mapping[str, Check]
) -> tuple[Section, ...]:
    """Return the sections to open, that of the worst check first."""
    asked: dict[int, tuple[Incident, list[str]]] = {}
    for check_result in sorted(check_results, key=lambda result: _level(result, runbook, checks)):
        known = checks.get(check_result.name)
        incident = runbook.incident_of(known.incident) if known else None
        if incident:
            asked.setdefault(incident.id, (incident, []))[1].append(check_result.name)
    return tuple(
        Section(incident.heading, runbook.path.name, incident.line, tuple(names)) for incident, names in asked.values()
    )


def _escalate(level: int, failed: Iterable[CheckResult], runbook: Runbook) -> tuple[Escalation, ...]:
    """Return the roles whose conditions name this severity, or speak of several services where several fail."""
    several = len({check_result.where for check_result in failed}) > 1
    name = re.compile(rf"\b{re.escape(_severity(level, runbook).id)}\b")
    found = []
    for trigger in runbook.escalation:
        met = tuple(text for text in trigger.conditions if name.search(text) or (several and _SEVERAL.search(text)))
        if met:
            found.append(Escalation(trigger.role, met))
    return tuple(found)
