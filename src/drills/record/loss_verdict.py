"""What a recovery cost, in an arm in which the solution brought the metric back. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.events import REQUESTS_FAILED, Ledger
from drills.record.failures import last_error
from drills.record.signal_quality import limit_text
from drills.record.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.record.events import Loss
    from drills.record.history import History


def with_losses(history: History) -> tuple[Verdict, str]:
    """Return the verdict on a recovery, and its reason, by what the clients' ledger says was lost."""
    ledgers = history.of(Ledger)
    if not ledgers:
        return Verdict.UNKNOWN, f"the ledger was not audited: {last_error(history) or 'the record ends before that'}"
    ledger = ledgers[-1]
    promised = [loss for loss in ledger.losses if loss.promised]
    unknown = _not_counted(promised) or _not_held(ledger, promised)
    if unknown:
        return Verdict.UNKNOWN, unknown
    held, damage = f"the metric held its target {limit_text(history)}", _damage(ledger)
    cost = _in_words(promised)
    if cost:
        return Verdict.CONFIRMED_WITH_LOSS, f"{held}, at the cost of {cost}{damage}"
    lost = "nothing acknowledged was lost" if promised else "this system promises its clients nothing that can be lost"
    return Verdict.CONFIRMED, f"{held} and {lost}{damage}"


def _not_counted(promised: Iterable[Loss]) -> str | None:
    missing = [loss.kind for loss in promised if loss.count is None]
    return f"the ledger could not count {', '.join(missing)}" if missing else None


def _not_held(ledger: Ledger, promised: Iterable[Loss]) -> str | None:
    """Return what no client held, which cannot be missed; a kind without a number to lose has no such rule."""
    unheld = [_held_as(ledger, loss.kind) for loss in promised if loss.of == 0]
    return f"the clients held no {' and no '.join(dict.fromkeys(unheld))}, so none could be missed" if unheld else None


def _held_as(ledger: Ledger, kind: str) -> str:
    return next((end.what for end in ledger.ends if end.loss == kind), kind)


def _damage(ledger: Ledger) -> str:
    """Word what the incident itself cost, beyond the requests that failed: no solution could have kept it."""
    mine = [loss for loss in ledger.losses if not loss.promised and loss.kind != REQUESTS_FAILED]
    words = _in_words(mine)
    return f"; the incident itself cost {words}" if words else ""


def _in_words(losses: Iterable[Loss]) -> str:
    return ", ".join(f"{loss.count} {loss.kind}" for loss in losses if loss.count)
