"""How long each phase may take and where the metric must be: the runbook's numbers, its windows scaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.runbook.rules import DEFAULT_RATE_WINDOW_S

if TYPE_CHECKING:
    from drills.common.threshold import Threshold
    from drills.runbook import Runbook
    from drills.runbook.model import Cause, Incident

PHYSICAL_S = 150.0
"""What a real system may take to recover however short the scaled windows are: restarts and backlogs do not scale."""
DETECT_SLACK_S = 30.0
"""Time for the metric to climb and for a scrape and two evaluations, beyond the alert's own windows."""


@dataclass(frozen=True)
class Limits:
    """All durations in seconds of wall time at this run's time scale.

    *pending_s* is None when the runbook documents no window: that alert fires at once. *recover_s* bounds the time
    from the first documented command to a metric that stays under its target.
    """

    target: Threshold
    threshold: Threshold
    pending_s: float | None
    rate_s: float
    quiet_s: float
    sustain_s: float
    detect_s: float
    recover_s: float


def limits(runbook: Runbook, incident: Incident, cause: Cause, time_scale: float) -> Limits:
    """Derive a drill's limits; *time_scale* divides every window and no threshold."""
    rate_s = (incident.alert.window_s or DEFAULT_RATE_WINDOW_S) / time_scale
    pending_s = None if incident.alert.window_s is None else incident.alert.window_s / time_scale
    return Limits(
        target=runbook.target(incident),
        threshold=incident.alert.threshold,
        pending_s=pending_s,
        rate_s=rate_s,
        quiet_s=runbook.longest_window_s / time_scale,
        sustain_s=rate_s,
        detect_s=rate_s + (pending_s or 0.0) + DETECT_SLACK_S,
        recover_s=_recover_s(cause.minutes[1] * 60.0, time_scale) + rate_s,
    )


def _recover_s(documented_s: float, time_scale: float) -> float:
    """Shorten the documented time by the scale, but not below what is physically needed."""
    if not documented_s:
        return PHYSICAL_S
    return min(documented_s, max(PHYSICAL_S, documented_s / time_scale))
