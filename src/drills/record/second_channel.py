"""Believe the metric only beside a second channel, which does not pass through Prometheus and its exporters. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from drills.record.measurements import SecondChannel
from drills.record.settled import settled_at
from drills.record.signal_quality import threshold
from drills.record.troubles import requests
from drills.record.verdicts import Verdict

if TYPE_CHECKING:
    from drills.record.evidence_strength import Met
    from drills.record.history import History
    from drills.record.verdicts import Reasoned

Channel = Literal["failed", "slow", "read", "journeys"]
CHANNELS: dict[str, Channel] = {
    "error_rate": "failed",
    "response_time_p95": "slow",
    "resource_utilization": "read",
    "queue_depth": "read",
    "connection_pool": "read",
    "health": "read",
    "authentication": "journeys",
}
"""The second channel of each quantity: the clients' own count of failed or of slow requests; a reading at its source,
as events `second channel`; or the journeys after the system has settled, which sign in. Another quantity has these."""
SLOW_SHARE = 0.05
"""A 95th percentile is above its target where more of the requests than this are."""
WINDOWS = 2.0
"""The incident is looked for in so many sustain windows before the first command: at its begin few requests met it."""


def other_channel(history: History) -> Reasoned | None:
    """Return UNKNOWN where the second channel does not bear out the incident and the recovery, or None."""
    channel = CHANNELS.get(history.head.quantity, "journeys")
    why = _read(history, required=channel == "read")
    if why is None and channel in ("failed", "slow"):
        why = _clients(history, channel)
    return (Verdict.UNKNOWN, why) if why else None


def _read(history: History, *, required: bool) -> str | None:
    target, head = threshold(history.head.target), history.head
    injected, acted = history.milestone("injected") or 0.0, history.milestone("acted") or 0.0
    watched = history.milestone("watched") or 0.0
    readings = history.of(SecondChannel)
    if not readings and not required:
        return None
    normal = [each for each in readings if each.when == "normal" and each.t <= injected]
    abnormal = [each for each in readings if each.when == "abnormal" and injected <= each.t <= acted]
    recovered = [each for each in readings if each.when == "recovered" and each.t >= watched]
    for when, found in (("before the fault", normal), ("during it", abnormal), ("after the recovery", recovered)):
        if not any(each.value is not None for each in found):
            return f"{head.quantity} was not read through a second channel {when}"
    showed = [each.channel for each in abnormal if each.value is not None and not target.satisfied_by(each.value)]
    if not showed:
        return f"the metric was not at its target, and {abnormal[-1].channel} says {_said(abnormal[-1].value)}"
    for when, found in (("before the fault", normal), ("after the recovery", recovered)):
        last = {each.channel: each.value for each in found}
        for channel in showed:
            value = last.get(channel)
            if value is None or not target.satisfied_by(value):
                return f"{when} the metric was at its target {head.target.text}, and {channel} says {_said(value)}"
    return None


def _said(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.4g}"


def _clients(history: History, what: Met) -> str | None:
    """Compare the metric with what the clients themselves counted."""
    acted, settled = history.milestone("acted") or 0.0, settled_at(history)
    if settled is None:
        return "after the recovery the clients' requests were not counted"
    sustain_s = history.head.sustain_s
    during = _share(history, what, max(history.milestone("injected") or 0.0, acted - WINDOWS * sustain_s), acted)
    after = _share(history, what, settled, settled + sustain_s)
    if during is None or after is None:
        return f"the clients' {what} requests were not counted"
    if _good(history, what, during):
        return f"the metric was not at its target, and of the clients' requests only {during:.1%} were {what}"
    if not _good(history, what, after):
        return f"the metric says that {history.head.target.text} is met, and {after:.1%} of the requests were {what}"
    return None


def _good(history: History, what: Met, share: float) -> bool:
    return share <= SLOW_SHARE if what == "slow" else threshold(history.head.target).satisfied_by(share)


def _share(history: History, what: Met, start_s: float, end_s: float) -> float | None:
    """Return the share of a time's requests; None where requests were not counted, or none was sent."""
    counted = requests(history, start_s, end_s, what)
    return counted[0] / counted[1] if counted and counted[1] else None
