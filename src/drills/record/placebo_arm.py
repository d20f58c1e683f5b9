"""Judge the arm without the solution: whether its metric came back by itself, or will by its trend. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.placebo_trend import trend
from drills.record.placebo_watch import documented_s
from drills.record.signal_quality import limit_text, shown
from drills.record.verdicts import Verdict

if TYPE_CHECKING:
    from drills.record.history import History
    from drills.record.placebo_trend import Trend
    from drills.record.verdicts import Reasoned


def came_by_itself(history: History, recovered_s: float | None) -> Reasoned | None:
    """Return SPONTANEOUS for a placebo whose metric came back, or falls so that it will; None where it does not."""
    if recovered_s is not None:
        return Verdict.SPONTANEOUS, f"the metric came under its target {limit_text(history)} without the solution"
    found = trend(history)
    return (Verdict.SPONTANEOUS, _told(history, found)) if found else None


def back_s(history: History, recovered_s: float | None) -> float | None:
    """Return after how long the metric came back, or will by its trend, in seconds from the first command."""
    if recovered_s is not None:
        return round(recovered_s - (history.milestone("acted") or 0.0), 2)
    found = trend(history)
    return round(found.meets_s, 2) if found else None


def _told(history: History, found: Trend) -> str:
    return (
        f"without the solution the metric went from {shown(history, found.first)} to {shown(history, found.last)} in "
        f"{found.watched_s:.0f} s, so it meets its target {limit_text(history)} after {found.meets_s:.0f} s by itself; "
        f"documented are up to {documented_s(history.head):.0f} s"
    )
