"""Judge the incident's alert: whether it fired on the fault, until the first command, and went away for good. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from drills.record.events import Phase
from drills.record.failures import last_error
from drills.record.measurements import AlertChange, UnseenAlerts
from drills.record.signal_quality import BLIND_S, blind_reason, seen_until, threshold
from drills.record.verdicts import Arm, Verdict

if TYPE_CHECKING:
    from drills.record.history import History
    from drills.record.verdicts import Reasoned

LAST_S = 1.0
"""The alert has to be seen firing in this last part of the time before the first command."""
TIMES_AS_LONG = 3.0
"""A metric that once was good for some seconds has to be so for three times as long before that is a recovery."""


def fired_at(history: History) -> float | None:
    """Return when the alert fired on this fault; an alert that fired before the injection had another reason."""
    return history.milestone("firing", after_s=history.milestone("injected") or 0.0)


def no_incident(history: History) -> Reasoned | None:
    """Return the verdict on an alert that did not fire as documented, or not until the first command; None: it did."""
    alert, fired, acted = history.head.alert, fired_at(history), history.milestone("acted")
    if fired is None:
        return _silent(history)
    if acted is not None and fired > acted:
        return Verdict.UNKNOWN, f"{alert} fired only after the first command, so what it fired on is not known"
    return _skipped_pending(history, fired) or _ended_early(history, fired, acted)


def flapped(history: History, recovered_s: float) -> str | None:
    """Return how the alert went away and came back after the first command, or None.

    A time in which the metric was at its target looks like a recovery. Such a time ends by itself, so the recovery has
    to be watched for TIMES_AS_LONG as long as the longest of them.
    """
    acted, target = history.milestone("acted") or 0.0, threshold(history.head.target)
    quiet_s = seen_until(history) - recovered_s
    changes = [change for change in history.of(AlertChange) if acted < change.t <= recovered_s]
    for away, back in pairwise(changes):
        gap_s = back.t - away.t
        values = [value for _, value in history.samples(away.t - BLIND_S, back.t) if value is not None]
        good = any(target.satisfied_by(value) for value in values)
        if away.to == "inactive" and good and quiet_s < TIMES_AS_LONG * gap_s:
            return (
                f"{history.head.alert} flapped: {gap_s:.1f} s after it went away it was {back.to} again, at "
                f"{back.t:.1f} s, and the recovery was watched for only {quiet_s:.1f} s"
            )
    return None


def _silent(history: History) -> Reasoned:
    alert, waited = history.head.alert, history.of(Phase, name="detect", event="end")
    if not waited:
        return Verdict.UNKNOWN, f"the record ends before {alert} could fire: {last_error(history) or 'it was cut off'}"
    until = waited[-1].t
    blind = blind_reason(history, history.milestone("injected") or 0.0, until) or _unseen(history, 0.0, until)
    if blind:
        return Verdict.UNKNOWN, f"{alert} did not fire, and the judge was blind: {blind}"
    if history.head.arm == Arm.PLACEBO:
        return Verdict.UNKNOWN, f"{alert} did not fire, so doing nothing against it was not tried"
    return Verdict.REFUTED, f"{alert} did not fire although the fault took effect"


def _unseen(history: History, start_s: float, end_s: float) -> str | None:
    missed = [event for event in history.of(UnseenAlerts) if start_s <= event.t <= end_s]
    return f"Prometheus did not answer with the alerts' states, {len(missed)} times" if missed else None


def _skipped_pending(history: History, fired: float) -> Reasoned | None:
    if not history.head.window_s:
        return None
    injected = history.milestone("injected") or 0.0
    steps = [(change.before, change.to) for change in history.of(AlertChange) if injected <= change.t <= fired]
    if ("inactive", "pending") in steps and steps[-1] == ("pending", "firing"):
        return None
    return Verdict.UNKNOWN, f"{history.head.alert} was seen firing without having been seen pending first"


def _ended_early(history: History, fired: float, acted: float | None) -> Reasoned | None:
    if acted is None:
        return None
    alert = history.head.alert
    left = [change for change in history.of(AlertChange, before="firing") if fired <= change.t <= acted]
    if left:
        ended = f"{alert} fired at {fired:.1f} s and was {left[0].to} at {left[0].t:.1f} s"
        return Verdict.UNKNOWN, f"{ended}, before the first command: there was no lasting incident to cure"
    unseen = _unseen(history, acted - LAST_S, acted)
    return (
        (Verdict.UNKNOWN, f"whether {alert} still fired at the first command is not known: {unseen}")
        if unseen
        else None
    )
