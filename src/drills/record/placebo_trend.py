"""Look whether an incident passes by itself: a metric that falls towards its target while nothing is done. Pure.

A rate over a window is noisy, and its samples share requests, so a slope through all samples would be found in noise as
well. One sample a window is taken: at its end, a rate there is that of this window alone. Over these a fall counts when

- Mann and Kendall's test says that values without a trend would fall so steadily at most once in SELDOM orders: all
  of them, or those of the later half, since an incident may grow before it passes,
- it matters: at least FALL of the way to the target was done, and more than SCATTER times what the values scatter, and
- it goes on: Theil and Sen's slope, of these and of their later half, meets the target within the documented time.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING

from drills.record.kendall import p_of_falling
from drills.record.placebo_watch import documented_s
from drills.record.signal_quality import BLIND_S, watched_until

if TYPE_CHECKING:
    from drills.record.head import Limit
    from drills.record.history import History

Points = list[tuple[float, float]]

FEWEST = 5
"""Values that a trend needs: four may fall one after the other once in 24 times without any."""
SELDOM = 100
"""Five values fall steadily once in 120 times by chance."""
FALL = 0.1
"""A placebo is watched for a tenth of ten documented minutes at the least: what would be over in time did a tenth."""
SCATTER = 4.0
"""A fall within what the values scatter about their trend is none."""


@dataclass(frozen=True)
class Trend:
    """A metric that went from *first* to *last* in *watched_s*, and so meets its target *meets_s* after the begin."""

    first: float
    last: float
    watched_s: float
    meets_s: float


def trend(history: History) -> Trend | None:
    """Return how the metric of a placebo comes back by itself within the documented time, or None; times in seconds."""
    began = history.milestone("acted") or 0.0
    points = _points(history, began, watched_until(history))
    if len(points) < FEWEST:
        return None
    away = [(t, _away(history.head.target, value)) for t, value in points]
    meets_s = _meets_s(away) or _meets_s(_later(away))
    if meets_s is None or meets_s > documented_s(history.head):
        return None
    return Trend(points[0][1], points[-1][1], points[-1][0], meets_s)


def _points(history: History, start_s: float, end_s: float) -> Points:
    """Return one (time since the start, value) a window, each the last sample in it; empty where one is missing."""
    window_s = max(history.head.sustain_s, BLIND_S)
    points: Points = []
    for index in range(int((end_s - start_s) / window_s) + 1):
        at = start_s + index * window_s
        seen = [(t, value) for t, value in history.samples(at - BLIND_S, at) if value is not None]
        if not seen:
            return []
        points.append((seen[-1][0] - start_s, seen[-1][1]))
    return points


def _away(target: Limit, value: float) -> float:
    """Return how far *value* is from the target, positive on the bad side."""
    return value - target.value if target.op in ("<", "<=") else target.value - value


def _meets_s(away: Points) -> float | None:
    """Return when a fall reaches the target (0), in seconds since the start; None where this is no lasting fall."""
    values = [value for _, value in away]
    if len(values) < FEWEST or p_of_falling(values) > 1 / SELDOM:
        return None
    slope = max(_slope(away), _slope(_later(away)))  # the slower of the two
    fall = -_slope(away) * (away[-1][0] - away[0][0])
    if slope >= 0 or fall < FALL * values[0] or fall <= SCATTER * _scatter(away):
        return None
    return away[-1][0] + max(0.0, values[-1]) / -slope


def _later(points: Points) -> Points:
    return points[(len(points) - 1) // 2 :]


def _slope(points: Points) -> float:
    """Return the median of the slopes between any two points."""
    return median((then - first) / (at - start) for (start, first), (at, then) in combinations(points, 2))


def _scatter(points: Points) -> float:
    """Return how far values are from their trend: the median distance, as a standard deviation."""
    slope = _slope(points)
    rest = [value - slope * t for t, value in points]
    middle = median(rest)
    return 1.4826 * median(abs(value - middle) for value in rest)
