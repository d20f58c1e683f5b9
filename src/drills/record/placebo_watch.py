"""How long doing nothing has to be watched before it proves that the solution was needed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.record.events import Drill

TIMES_AS_LONG = 5.0
"""An incident that passes by itself five times later than the solution ends it is told apart from a cured one."""
AT_LEAST_S = 60.0
"""A queue of 540 jobs emptied by itself within 54 s, while its placebo was watched for as long as a solution of 4 s."""
MINUTE_S = 60.0


def watch_s(ttr_s: float | None, documented_s: float, *, full: bool) -> float:
    """Return for how long a placebo is watched after the moment its solution would have begun, in seconds.

    *ttr_s* is how long the solution took to bring the metric back, None where that is not known. *full* asks for the
    whole documented time; no placebo is watched for longer, since a recovery after it would not count for a solution.
    """
    if full:
        return documented_s
    return min(documented_s, max(TIMES_AS_LONG * (ttr_s or 0.0), AT_LEAST_S))


def documented_s(head: Drill) -> float:
    """Return the documented time of a solution in seconds; without one, the time that the drill allows it."""
    return head.documented_minutes[1] * MINUTE_S or head.recover_s
