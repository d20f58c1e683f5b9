"""Whether a ledger's losses follow from what it says of the ends. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.record.events import Ledger, Loss


def wrong_sums(ledger: Ledger) -> Iterator[str]:
    """Yield a sentence for each loss that the ends do not add up to, and for each end that no loss counts."""
    kinds = Counter(loss.kind for loss in ledger.losses)
    yield from (f"the ledger counts {kind} {times} times" for kind, times in kinds.items() if times > 1)
    for end in ledger.ends:
        if end.loss is not None and end.loss not in kinds:
            yield f"the ledger has {end.count} {end.what} that ended as {end.end!r}, and does not count {end.loss}"
    for loss in ledger.losses:
        if loss.count is not None:
            yield from _sums(ledger, loss)


def _sums(ledger: Ledger, loss: Loss) -> Iterator[str]:
    ends = [end for end in ledger.ends if end.loss == loss.kind]
    if not ends:
        yield f"the ledger counts {loss.count} {loss.kind}, and has no end that is one"
        return
    found = sum(end.count for end in ends)
    if found != loss.count:
        yield f"the ledger counts {loss.count} {loss.kind}, and by the ends it has there are {found}"
    what = {end.what for end in ends}
    held = sum(end.count for end in ledger.ends if end.what in what)
    if loss.of is not None and held != loss.of:
        yield f"the ledger counts {loss.kind} of {loss.of}, and has the ends of {held}"
