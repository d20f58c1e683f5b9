"""Find recoveries, gaps, and traffic that was too thin to measure with in the samples of a record."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from drills.common.threshold import Threshold
from drills.record.measurements import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.record.head import Limit
    from drills.record.history import History

BLIND_S = 3.0
"""A gap between two samples longer than this is a time in which the judge saw nothing (evaluations come each 0.5 s)."""
ENOUGH_TRAFFIC = 0.8
"""The share of the intended rate below which a metric of the traffic means nothing."""


def recovered_at(history: History) -> float | None:
    """Return since when, after the resolution, the metric stayed under its target for a sustain window, or None.

    A hold under too little traffic does not count, since a metric of no traffic is good. Nor does one after the end of
    the watching: the undo would pass for a cure.
    """
    resolved, sustain_s = history.milestone("resolved"), history.head.sustain_s
    if resolved is None:
        return None
    for since in holds(history, resolved, watched_until(history)):
        if thin_traffic(history, since, since + sustain_s) is None:
            return since
    return None


def holds(history: History, start_s: float, end_s: float) -> Iterator[float]:
    """Yield when each hold of the metric under its target began, one after the other; a gap in the samples ends one."""
    target, sustain_s = threshold(history.head.target), history.head.sustain_s
    since: float | None = None
    last = start_s
    for t, value in history.samples(start_s, end_s):
        if value is None or not target.satisfied_by(value) or t - last > BLIND_S:
            since = None
        elif since is None:
            since = t
        elif t - since >= sustain_s:
            yield since
            since = t
        last = t


def blind_reason(history: History, start_s: float, end_s: float) -> str | None:
    """Return why nothing can be said about an interval (seconds), or None when it was seen well enough."""
    seen = [t for t, value in history.samples(start_s, end_s) if value is not None]
    edges = [start_s, *seen, end_s]
    gap, at = max((later - earlier, earlier) for earlier, later in pairwise(edges))
    if gap > BLIND_S or not seen:  # an interval as long as a gap may be is blind, too, when there is nothing in it
        return f"no data of the metric for {gap:.1f} s from {at:.1f} s on"
    return thin_traffic(history, start_s, end_s)


def unseen_before(history: History, at_s: float) -> str | None:
    """Return why nothing can be said about the last moment before *at_s* (seconds), when a fault comes, or None."""
    return blind_reason(history, max(0.0, at_s - BLIND_S), at_s)


def last_sustain_window(history: History, end_s: float) -> float:
    """Return when the sustain window before *end_s* (seconds) begins, at the earliest at the resolution."""
    return max(history.milestone("resolved") or 0.0, end_s - history.head.sustain_s)


def thin_traffic(history: History, start_s: float, end_s: float) -> str | None:
    """Return why the traffic of an interval (seconds) was too thin to measure with, or None when it was enough."""
    rates = [event for event in history.of(Traffic) if start_s <= event.t <= end_s]
    if not rates:
        return f"no traffic was counted between {start_s:.1f} s and {end_s:.1f} s"
    edges = [start_s, *(event.t for event in rates), end_s]
    gap, at = max((later - earlier, earlier) for earlier, later in pairwise(edges))
    if gap > BLIND_S:
        return f"no traffic was counted for {gap:.1f} s from {at:.1f} s on"
    intended = sum(event.intended_rps for event in rates) / len(rates)
    achieved = sum(event.achieved_rps for event in rates) / len(rates)
    if achieved < ENOUGH_TRAFFIC * intended or not intended:
        return f"too little traffic: {achieved:.1f} of {intended:.1f} requests a second"
    return None


def watched_until(history: History) -> float:
    """Return until when the metric was watched, in seconds; in a live record that is until now."""
    watched = history.milestone("watched")
    return history.end_s if watched is None else watched


def seen_until(history: History) -> float:
    """Return until when the drill looked at the recovered system, in seconds: to the end of the phase `settle`."""
    ends = [phase.end_s for phase in history.phases if phase.name == "settle" and phase.end_s is not None]
    return max([watched_until(history), *ends])


def limit_text(history: History) -> str:
    """Return the target as the runbook writes it."""
    return history.head.target.text


def shown(history: History, value: float) -> str:
    """Return *value* in the unit in which the runbook writes its limit."""
    return f"{value:.1%}" if limit_text(history).endswith("%") else f"{value:.4g} {history.head.unit}"


def threshold(limit: Limit) -> Threshold:
    """Return a recorded limit as a value that can be compared with."""
    return Threshold(limit.op, limit.value, "", limit.text)
