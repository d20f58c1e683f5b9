"""How long doing nothing has to be watched before it proves that the solution was needed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from drills.record.format import Recorded
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from drills.record.head import Drill
    from drills.record.history import History

TIMES_AS_LONG = 5.0
"""An incident that passes by itself five times later than the solution ends it is told apart from a cured one."""
AT_LEAST_S = 60.0
"""A queue of 540 jobs emptied by itself within 54 s, while its placebo was watched for as long as a solution of 4 s."""
MINUTE_S = 60.0
AT_ONCE_S = 0.5
"""The drill looks at the clock this far apart."""


class PlaceboWatch(Recorded):
    """For how long a placebo was watched, and what came of it."""

    watched_s: float = Field(description="for how long it was watched after its action began, in seconds")
    documented_s: float = Field(description="how long the solution may take by the document, in seconds")
    back_s: float | None = Field(
        default=None, description="when its metric came back, or will by its trend, in seconds; null: it does not"
    )


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


def placebo_watched(history: History, back_s: float | None) -> PlaceboWatch | None:
    """Return how a placebo was watched, of which *back_s* is known; None for another arm, or a watch without an end."""
    acted, watched = history.milestone("acted"), history.milestone("watched")
    if history.head.arm is not Arm.PLACEBO or acted is None or watched is None:
        return None
    return PlaceboWatch(watched_s=round(watched - acted, 2), documented_s=documented_s(history.head), back_s=back_s)


def too_short(placebo: PlaceboWatch | None, ttr_s: float | None) -> str | None:
    """Return why a placebo proves nothing about a solution that took *ttr_s* seconds, or None where it does."""
    if placebo is None:
        return "it is not known for how long the placebo was watched"
    needed_s = watch_s(ttr_s, placebo.documented_s, full=False)
    if placebo.watched_s >= needed_s - AT_ONCE_S:
        return None
    return f"the placebo was watched for only {placebo.watched_s:.0f} s, and {needed_s:.0f} s are needed"
