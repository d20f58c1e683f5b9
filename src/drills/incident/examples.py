"""Read the examples of a severity: which quantity each speaks of, and between which limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from drills.runbook import Quantity
from drills.runbook.errors import LineError
from drills.runbook.measures import quantity
from drills.runbook.quantities import limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.runbook import Threshold

LOSSES = "losses"
"""What clients were promised and lost: the one thing measured that is no quantity of the runbook."""
_UPPER = ("<", "<=")
_PIECES = re.compile(r"\bbut\b|\band\b|[,;()]")
_LOST = re.compile(r"\bdata\b.*\b(?:los[ts]|loss|damage|corrupt)", re.IGNORECASE)
_ALL = re.compile(r"\b(?:no part|all|entire|whole|every|everybody|nobody|no one|completely)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Example:
    """A sentence of a severity; *quantity* is None where no measurement can decide it."""

    text: str
    quantity: str | None
    limits: tuple[Threshold, ...]

    @property
    def decidable(self) -> bool:
        """Whether one measured value decides it: it has limits, or speaks of lost data, and not of everything."""
        return self.quantity == LOSSES or (bool(self.limits) and not _ALL.search(self.text))

    def met_by(self, value: float) -> bool:
        """Say whether *value* (base units) is what the sentence describes."""
        return self.decidable and (
            value > 0 if self.quantity == LOSSES else all(each.satisfied_by(value) for each in self.limits)
        )

    def exceeded_by(self, value: float) -> Threshold | None:
        """Return the upper limit beyond which *value* lies: then the level is too low for it; None for none."""
        if not self.decidable or self.quantity == Quantity.HEALTH:
            return None
        upper = [each for each in self.limits if each.op in _UPPER and not each.satisfied_by(value)]
        return upper[0] if upper else None


@cache
def example(text: str) -> Example:
    """Read one sentence; one that is not understood has no quantity and no limits."""
    of = quantity(text)
    if of is None:
        return Example(text, LOSSES if _LOST.search(text) else None, ())
    return Example(text, of.value, tuple(dict.fromkeys(_limits(of, text))))


def _limits(of: Quantity, text: str) -> Iterator[Threshold]:
    for piece in _PIECES.split(text):
        try:
            yield limit(0, of, piece.strip())
        except LineError:
            continue
