"""Audit what a drilled system acknowledged to its clients against what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from drills.load.ledger import failed
from drills.record.events import REQUESTS_FAILED, End, Loss

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from drills.checks.target import Target
    from drills.load.ledger import Promise, Row


class AuditError(RuntimeError):
    """The audit could not read from the system what became of its promises, so the losses are unknown."""


@dataclass(frozen=True)
class Audit:
    """What was lost, each kind once, and the ends it is computed from; *unfinished* are ids without an end."""

    losses: tuple[Loss, ...]
    ends: tuple[End, ...]
    unfinished: tuple[str, ...] = ()


class LossAudit(Protocol):
    """The account of one arm: entered before the steady state, left after the audit."""

    @property
    def promised(self) -> tuple[str, ...]:
        """The kinds of loss that break a promise of this system; an audit counts each of them."""

    @property
    def settle_s(self) -> float:
        """How long (s) what was acknowledged may take to end, the system's own further attempts included."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def open(self) -> None:
        """Open what the audit looks for again, such as sessions; raises AuditError when that fails."""

    def audit(self, promises: Sequence[Promise], acted_at: float) -> Audit:
        """Return what was lost, known within `settle_s` seconds; raises AuditError when that cannot be said.

        *promises* are what the traffic and the fault's own clients were acknowledged. The first command was typed
        *acted_at* (epoch seconds): what was lost before is the incident's own damage, and no promise of its solution.
        """


@dataclass(frozen=True)
class RequestAudit:
    """The account of a system of which only its requests are known: nothing of it is promised."""

    target: Target
    promised: tuple[str, ...] = ()
    settle_s: float = 0.0
    """A request ends with its answer."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close nothing: nothing was opened."""

    def open(self) -> None:
        """Open nothing: requests leave nothing to look for again."""

    def audit(self, promises: Sequence[Promise], acted_at: float) -> Audit:  # noqa: ARG002 - nothing ends later
        """Find nothing lost; raises AuditError when something was acknowledged beside the answers."""
        if promises:
            raise AuditError(
                f"expected an audit of the {len(promises)} things that the system acknowledged, and there is none; "
                "give its Suite a loss_audit"
            )
        return Audit((), ())


def requests(rows: Sequence[Row]) -> Audit:
    """Return how the requests of the traffic ended: the failed ones are the incident, and break no promise."""
    lost = len(failed(rows))
    ends = (
        End(what="requests", end="answered as promised", count=len(rows) - lost, loss=None),
        End(what="requests", end="failed", count=lost, loss=REQUESTS_FAILED),
    )
    return Audit((Loss(kind=REQUESTS_FAILED, count=lost, of=len(rows), promised=False),), ends)


def unknown(kinds: Sequence[str]) -> Audit:
    """Return an account in which none of these *kinds* of loss was counted."""
    return Audit(tuple(Loss(kind=kind, count=None, of=None, promised=True) for kind in kinds), ())
