"""Place labels along one line so that they do not overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class _Cluster:
    """Neighbouring labels pushed together; *start* is the left edge that moves its labels least in total."""

    starts: list[float]
    width: float

    def start(self, low: float, high: float) -> float:
        mean = sum(self.starts) / len(self.starts)
        return max(low, min(mean, high - self.width))


def placed(centres: Sequence[float], widths: Sequence[float], low: float, high: float) -> list[float]:
    """Return where to centre labels of *widths*, each near its own of *centres*, none over another.

    The centres must be in ascending order; all values are in one unit (pixels, here). Labels stay between
    *low* and *high* as long as they fit there together. Those that collide form a cluster, which is placed
    where its labels move least in total, and may then collide with the next one.
    """
    clusters: list[_Cluster] = []
    for centre, width in zip(centres, widths, strict=True):
        merged = _Cluster([centre - width / 2], width)
        while clusters and _end(clusters[-1], low, high) > merged.start(low, high):
            left = clusters.pop()
            shifted = [start - left.width for start in merged.starts]
            merged = _Cluster([*left.starts, *shifted], left.width + merged.width)
        clusters.append(merged)
    return _centres(clusters, list(widths), low, high)


def _end(cluster: _Cluster, low: float, high: float) -> float:
    return cluster.start(low, high) + cluster.width


def _centres(clusters: list[_Cluster], widths: list[float], low: float, high: float) -> list[float]:
    placed: list[float] = []
    for cluster in clusters:
        edge = cluster.start(low, high)
        for _ in cluster.starts:
            width = widths[len(placed)]
            placed.append(edge + width / 2)
            edge += width
    return placed
