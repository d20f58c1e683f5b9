"""Look whether a metric that did not recover was seen to be bad until the end of the watching. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.signal_quality import blind_reason, last_sustain_window, limit_text, threshold, watched_until
from drills.record.verdicts import Arm, Verdict

if TYPE_CHECKING:
    from drills.record.history import History
    from drills.record.verdicts import Reasoned


def not_still_bad(history: History) -> Reasoned | None:
    """UNKNOWN unless the metric was seen, and bad, up to the end; None for a placebo that stayed bad as it should."""
    watched = watched_until(history)
    start = last_sustain_window(history, watched)
    blind = blind_reason(history, start, watched)
    if blind:
        return Verdict.UNKNOWN, f"the judge was blind: {blind}"
    target = threshold(history.head.target)
    good = [target.satisfied_by(value) for _, value in history.samples(start, watched) if value is not None]
    # A placebo that ends well may have been about to recover; a documented arm had the hold beyond its time.
    if all(good) or (good[-1] and history.head.arm == Arm.PLACEBO):
        return Verdict.UNKNOWN, f"the metric was under its target {limit_text(history)} at the end, but not for a hold"
    return None
