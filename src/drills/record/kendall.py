"""Mann and Kendall's test: how likely values without a trend are to fall as steadily as these. Pure."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import erfc, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

EXACT = 40
"""Up to so many values all orders are counted; for more the normal distribution is close enough."""


def p_of_falling(values: Sequence[float]) -> float:
    """Return the share of all orders of *values* that fall at least as steadily; a tie does not count as a fall."""
    n, falls = len(values), sum(then < first for first, then in combinations(values, 2))
    if n <= EXACT:
        counts = _inversions(n)
        return sum(counts[falls:]) / sum(counts)
    mean, deviation = n * (n - 1) / 4, sqrt(n * (n - 1) * (2 * n + 5) / 72)
    return erfc((falls - 0.5 - mean) / deviation / sqrt(2)) / 2


@cache
def _inversions(n: int) -> tuple[int, ...]:
    """Return how many orders of *n* different values have 0, 1, 2, … pairs that fall."""
    counts = [1]
    for size in range(2, n + 1):
        counts = [sum(counts[max(0, k - size + 1) : k + 1]) for k in range(len(counts) + size - 1)]
    return tuple(counts)
