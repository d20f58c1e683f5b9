"""One run of checks as a value: its results, its severity, and what its exit code means."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from drills.checks import KNOWN, Outcome
from drills.checks.reporting.severity import classify

if TYPE_CHECKING:
    from drills.checks import Attempt, CheckResult
    from drills.checks.reporting.severity import Classified
    from drills.runbook import Runbook

SCHEMA: Final = 1
MEANINGS: Final = {
    0: "every check that was tried passed",
    1: "at least one check failed",
    2: "interrupted before its end",
    3: "pytest itself failed",
    4: "the target or an option cannot be used",
    5: "nothing was judged",
    6: "degraded: slow, or only at a second attempt, but nothing failed",
    7: "a check itself failed: of a part nothing is known",
}
UNHURT: Final = (0, 6)
"""Exit codes after which no message is sent."""


@dataclass(frozen=True)
class Result:
    """What came of a run; *started_s* is seconds since the epoch, *notes* say what else a person has to know."""

    target: str
    runbook: Runbook
    started_s: float
    seconds: float
    exit_code: int
    check_results: tuple[CheckResult, ...]
    notes: tuple[str, ...] = ()

    @property
    def severity(self) -> Classified | None:
        """The runbook's classification; None where nothing is wrong with the system."""
        return classify(self.check_results, self.runbook)

    @property
    def meaning(self) -> str:
        """What the exit code means, in words."""
        return MEANINGS.get(self.exit_code, "unknown")

    @property
    def started(self) -> datetime:
        """When the run began, in UTC."""
        return datetime.fromtimestamp(self.started_s, UTC)

    def of(self, *outcomes: Outcome) -> list[CheckResult]:
        """Return the results with one of `outcomes`, in their order."""
        return [check_result for check_result in self.check_results if check_result.outcome in outcomes]


def as_json(result: Result) -> dict[str, Any]:
    """Return what `checks.json` holds; times in seconds, `severity` null where nothing is wrong."""
    return {
        "schema": SCHEMA,
        "target": result.target,
        "runbook": {"file": result.runbook.path.name, "sha256": result.runbook.sha256},
        "started": result.started.isoformat(timespec="milliseconds"),
        "seconds": round(result.seconds, 3),
        "exit": {"code": result.exit_code, "meaning": result.meaning},
        "outcomes": {str(outcome): len(result.of(outcome)) for outcome in Outcome},
        "severity": _severity(result.severity),
        "notes": list(result.notes),
        "checks": [_check(check_result, result.runbook) for check_result in result.check_results],
    }


def _severity(found: Classified | None) -> dict[str, Any] | None:
    if found is None:
        return None
    runbook = asdict(found.severity)
    kept = {key: value for key, value in runbook.items() if key not in ("examples", "line")}
    rest = asdict(found)
    return {**kept, "level": found.level, **{key: rest[key] for key in ("because", "sections", "escalate")}}


def _check(check_result: CheckResult, runbook: Runbook) -> dict[str, Any]:
    known = KNOWN.get(check_result.name)
    incident = runbook.incident_of(known.incident) if known else None
    return {
        "name": check_result.name,
        "suite": str(known.suite) if known else None,
        "level": known.level if known else None,
        "incident": incident.id if incident else None,
        "outcome": str(check_result.outcome),
        "expected": check_result.expected,
        "seen": check_result.seen,
        "where": check_result.where,
        "next_step": check_result.next_step,
        "cause": check_result.cause,
        "seconds": round(check_result.seconds, 4),
        "figures": dict(check_result.figures),
        "remarks": list(check_result.remarks),
        "attempts": [_attempt(attempt) for attempt in check_result.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    began = datetime.fromtimestamp(attempt.began_s, UTC).isoformat(timespec="milliseconds")
    return {
        "began": began,
        "seconds": round(attempt.seconds, 4),
        "answered": attempt.answered,
        "seen": attempt.seen,
    }
