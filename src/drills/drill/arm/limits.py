"""Derive the limits of a drill (durations in s, target, threshold) from the runbook's numbers, its windows scaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.record import placebo_watch
from drills.record.verdicts import Arm
from drills.runbook.rules import DEFAULT_RATE_WINDOW_S

if TYPE_CHECKING:
    from drills.common.threshold import Threshold
    from drills.record.judge import Judgement
    from drills.runbook import Runbook
    from drills.runbook.model import Cause, Incident

PHYSICAL_S = 150.0
"""What a real system may take to recover however short the scaled windows are: restarts and backlogs do not scale."""
PLACEBO_S = 2.0
"""How long the placebo's step takes where the time of the documented commands is not known."""
TWICE = 2.0
"""The row as first documented may take this many times as long as the one that corrects it."""
DETECT_SLACK_S = 30.0
"""Time for the metric to climb and for a scrape and two evaluations, beyond the alert's own windows."""


@dataclass(frozen=True)
class Limits:
    """All durations in seconds of wall time at this run's time scale.

    *pending_s* is None when the runbook documents no window: that alert fires at once. *recover_s* bounds the time
    from the first documented command to a metric that stays under its target; *documented_s* is the documented time as
    it stands, not shortened. With *full_placebo* doing nothing is watched for all of it.
    """

    target: Threshold
    threshold: Threshold
    pending_s: float | None
    rate_s: float
    quiet_s: float
    sustain_s: float
    detect_s: float
    recover_s: float
    documented_s: float
    full_placebo: bool = False

    def placebo_s(self, documented: Judgement | None) -> float:
        """Return how long the placebo's step takes: as long as the documented commands took, where that is known."""
        return (documented.action_s if documented else None) or PLACEBO_S

    def watch_s(self, arm: Arm, documented: Judgement | None) -> float:
        """Return how long the metric of *arm* is watched after its last command."""
        recover_s = self.recover_s + self.sustain_s  # a metric that recovers at the end has to stay there as well
        ttr_s = documented.ttr_s if documented else None
        if arm is Arm.DOCUMENTED:
            return recover_s
        if arm is Arm.ORIGINAL:
            return min(recover_s, TWICE * ttr_s + 2 * self.sustain_s) if ttr_s else recover_s
        waited_s = max(0.0, ttr_s - self.placebo_s(documented)) if ttr_s else self.rate_s
        rule_s = placebo_watch.watch_s(ttr_s, self.documented_s, full=self.full_placebo) - self.placebo_s(documented)
        return max(rule_s, waited_s + self.sustain_s + self.rate_s / 2)


def limits(
    runbook: Runbook, incident: Incident, cause: Cause, time_scale: float, *, full_placebo: bool = False
) -> Limits:
    """Derive a drill's limits; *time_scale* divides every window and no threshold."""
    rate_s = (incident.alert.window_s or DEFAULT_RATE_WINDOW_S) / time_scale
    recover_s = allowed_s(cause.documented_minutes[1] * 60.0, time_scale) + rate_s
    pending_s = None if incident.alert.window_s is None else incident.alert.window_s / time_scale
    return Limits(
        target=runbook.target(incident),
        threshold=incident.alert.threshold,
        pending_s=pending_s,
        rate_s=rate_s,
        quiet_s=runbook.longest_window_s / time_scale,
        sustain_s=rate_s,
        detect_s=rate_s + (pending_s or 0.0) + DETECT_SLACK_S,
        recover_s=recover_s,
        documented_s=cause.documented_minutes[1] * 60.0 or recover_s,
        full_placebo=full_placebo,
    )


def allowed_s(documented_s: float, time_scale: float) -> float:
    """Return a documented time (s) shortened by the scale, but not below what is physically needed."""
    if not documented_s:
        return PHYSICAL_S
    return min(documented_s, max(PHYSICAL_S, documented_s / time_scale))
