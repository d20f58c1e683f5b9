"""Audit what a drilled system acknowledged to its clients against what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from drills.load.ledger import acknowledged, failed
from drills.record.events import COSTLY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Self

    from drills.checks.target import Target
    from drills.load.ledger import Row


class AuditError(RuntimeError):
    """The audit could not read from the system what became of its promises, so the losses are unknown."""


@dataclass(frozen=True)
class Audit:
    """What was lost, in counts by kind, of how much that was acknowledged; *unfinished* are ids without an end.

    *promises* are the kinds of loss that the clients of this system can have at all: the judge asks for each of them.
    """

    losses: Mapping[str, int]
    acknowledged: Mapping[str, int] = field(default_factory=dict)
    unfinished: tuple[str, ...] = ()
    promises: tuple[str, ...] = COSTLY


class LossAudit(Protocol):
    """The account of one arm: entered before the steady state, left after the audit."""

    @property
    def settle_s(self) -> float:
        """How long (s) what was acknowledged may take to end, the system's own further attempts included."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def open(self) -> None:
        """Open what the audit looks for again, such as sessions; raises AuditError when that fails."""

    def audit(self, rows: Sequence[Row], others: Iterable[str]) -> Audit:
        """Return what was lost, known within `settle_s` seconds; raises AuditError when that cannot be said.

        *rows* are the requests of the traffic, *others* the ids of jobs that the fault's own clients were acknowledged.
        """


@dataclass(frozen=True)
class RequestAudit:
    """The account of a system of which only its requests are known: those that failed."""

    target: Target
    settle_s: float = 0.0
    """A request ends with its answer."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close nothing: nothing was opened."""

    def open(self) -> None:
        """Open nothing: requests leave nothing to look for again."""

    def audit(self, rows: Sequence[Row], others: Iterable[str]) -> Audit:
        """Count the requests that failed; raises AuditError when something was acknowledged beside their answers."""
        promised = len({*acknowledged(rows), *others})
        if promised:
            raise AuditError(
                f"expected an audit of the {promised} things that the system acknowledged, and there is none; "
                "give its Suite a loss_audit"
            )
        return Audit({"requests_failed": len(failed(rows))}, promises=())
