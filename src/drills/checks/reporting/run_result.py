"""One run of checks as a value: what was read, how bad that is, and what the exit code says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from drills.checks.definition import REGISTER
from drills.checks.reporting.severity import classify
from drills.checks.result import Outcome

if TYPE_CHECKING:
    from drills.checks.reporting.severity import Classified
    from drills.checks.result import Attempt, Reading
    from drills.runbook import Runbook

SCHEMA: Final = 1
MEANINGS: Final = {
    0: "every check that looked passed",
    1: "at least one check failed",
    2: "interrupted before its end",
    3: "pytest itself failed",
    4: "the target or an option cannot be used",
    5: "nothing was judged",
    6: "degraded: slow, or only at a second attempt, but nothing failed",
    7: "the prober failed: of a part nothing is known",
}
UNHURT: Final = (0, 6)
"""Exit codes after which nobody has to be told at once."""


@dataclass(frozen=True)
class Result:
    """What came of a run; *started_s* is seconds since the epoch, *notes* say what else a person has to know."""

    target: str
    book: Runbook
    started_s: float
    seconds: float
    exit_code: int
    readings: tuple[Reading, ...]
    notes: tuple[str, ...] = ()

    @property
    def severity(self) -> Classified | None:
        """The runbook's classification; None where nothing is wrong with the system."""
        return classify(self.readings, self.book)

    @property
    def meaning(self) -> str:
        """What the exit code says."""
        return MEANINGS.get(self.exit_code, "unknown")

    @property
    def started(self) -> datetime:
        """When the run began."""
        return datetime.fromtimestamp(self.started_s, UTC)

    def of(self, *outcomes: Outcome) -> list[Reading]:
        """Return the readings with one of `outcomes`, in their order."""
        return [one for one in self.readings if one.outcome in outcomes]


def as_json(result: Result) -> dict[str, Any]:
    """Return what `checks.json` holds; times in seconds, `severity` null where nothing is wrong."""
    return {
        "schema": SCHEMA,
        "target": result.target,
        "runbook": {"file": result.book.path.name, "sha256": result.book.sha256},
        "started": result.started.isoformat(timespec="milliseconds"),
        "seconds": round(result.seconds, 3),
        "exit": {"code": result.exit_code, "meaning": result.meaning},
        "outcomes": {str(one): len(result.of(one)) for one in Outcome},
        "severity": _severity(result.severity),
        "notes": list(result.notes),
        "checks": [_check(one) for one in result.readings],
    }


def _severity(found: Classified | None) -> dict[str, Any] | None:
    if found is None:
        return None
    book = asdict(found.severity)
    kept = {key: value for key, value in book.items() if key not in ("examples", "line")}
    rest = asdict(found)
    return {**kept, "level": found.level, **{key: rest[key] for key in ("because", "sections", "escalate")}}


def _check(reading: Reading) -> dict[str, Any]:
    known = REGISTER.get(reading.name)
    return {
        "name": reading.name,
        "room": str(known.room) if known else None,
        "level": known.level if known else None,
        "incident": known.incident if known else None,
        "outcome": str(reading.outcome),
        "expected": reading.expected,
        "seen": reading.seen,
        "where": reading.where,
        "next_step": reading.next_step,
        "cause": reading.cause,
        "seconds": round(reading.seconds, 4),
        "figures": dict(reading.figures),
        "attempts": [_attempt(one) for one in reading.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    began = datetime.fromtimestamp(attempt.began_s, UTC).isoformat(timespec="milliseconds")
    return {
        "began": began,
        "seconds": round(attempt.seconds, 4),
        "answered": attempt.answered,
        "seen": attempt.seen,
    }
