"""Judge a recorded arm of a drill. Pure: the same history gets the same verdict, now or on an old record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.record.alert_spans import active_before_the_fault
from drills.record.contradictions import contradiction
from drills.record.events import Ledger, Phase, RanCommand, Residue
from drills.record.evidence_strength import chance
from drills.record.failures import last_error
from drills.record.incident_alert import fired_at, flapped, no_incident
from drills.record.instruments import changed_instruments
from drills.record.last_words import failed, failed_commands
from drills.record.loss_verdict import with_losses
from drills.record.measurements import Check, Confirm
from drills.record.noise import ALL, FIRING, RECOVERY, STEADY, doubted
from drills.record.not_run import not_run
from drills.record.placebo_arm import back_s, came_by_itself
from drills.record.placebo_watch import placebo_watched
from drills.record.promises import promise_not_kept
from drills.record.proof import proof
from drills.record.second_channel import other_channel
from drills.record.settled import unsettled
from drills.record.signal_quality import (
    BLIND_S,
    limit_text,
    recovered_at,
    shown,
    threshold,
    unseen_before,
    watched_until,
)
from drills.record.still_bad import not_still_bad
from drills.record.verdicts import Arm, Verdict

if TYPE_CHECKING:
    from drills.record.history import History
    from drills.record.placebo_watch import PlaceboWatch
    from drills.record.verdicts import Reasoned

TIMED_OUT = 124
"""What a command ends with that did not end in its time."""


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason in one sentence; times in seconds, None where the moment never came."""

    verdict: Verdict
    reason: str
    ttd_s: float | None = None
    ttr_s: float | None = None
    action_s: float | None = None
    placebo: PlaceboWatch | None = None


def judge(history: History) -> Judgement:
    """Judge one arm from its history alone."""
    recovered = recovered_at(history)
    verdict, reason = _verdict(history, recovered)
    acted = history.milestone("acted")
    return Judgement(
        verdict,
        reason,
        ttd_s=_between(history.milestone("injected"), fired_at(history)),
        ttr_s=_between(acted, recovered),
        action_s=_between(acted, history.milestone("resolved")),
        placebo=placebo_watched(history, back_s(history, recovered)),
    )


def _verdict(history: History, recovered: float | None) -> Reasoned:
    for rule, spans in ((_before_the_fault, STEADY), (_fault, FIRING), (no_incident, FIRING)):
        judged = rule(history)
        if judged:
            # Before the first phase nothing was waited for: then it is the runbook or the drill that lacks something.
            return doubted(history, judged, spans) if history.of(Phase) else judged
    return (
        not_run(history)
        or _outcome(history, recovered)
        or _broken_promise(history)
        or _residue_and_losses(history, recovered or 0.0)
    )


def _before_the_fault(history: History) -> Reasoned | None:
    injected = history.milestone("injected")
    if injected is None:
        return Verdict.UNKNOWN, f"no fault was injected: {last_error(history) or 'the record ends before it'}"
    blind = unseen_before(history, injected)
    if blind:
        return Verdict.UNKNOWN, f"the steady state was not seen: {blind}"
    active = active_before_the_fault(history)
    return (Verdict.UNKNOWN, f"there was no steady state: {active}") if active else None


def _fault(history: History) -> Reasoned | None:
    confirmations = history.of(Confirm)
    if any(confirmation.ok for confirmation in confirmations):
        return None
    if not confirmations:
        return Verdict.UNKNOWN, f"the fault was not confirmed: {last_error(history) or 'no second channel'}"
    last = confirmations[-1]
    return Verdict.INVALID, f"the fault did not take: {last.channel} shows {last.seen}, not {last.expected}"


def _outcome(history: History, recovered: float | None) -> Reasoned | None:
    for name in ("acted", "resolved", "watched"):
        if history.milestone(name) is None:
            why = f"the record has no moment {name!r}: {last_error(history) or 'it was cut off'}"
            return doubted(history, (Verdict.UNKNOWN, why), RECOVERY)
    if history.head.arm == Arm.PLACEBO:
        found = came_by_itself(history, recovered) or not_still_bad(history)
    else:
        found = _documented(history, recovered)
    return doubted(history, found, RECOVERY) if found else None


def _documented(history: History, recovered: float | None) -> Reasoned | None:
    acted = history.milestone("acted") or 0.0
    before = [value for _, value in history.samples(acted - BLIND_S, acted) if value is not None]
    if not before:
        return Verdict.UNKNOWN, f"the metric was not seen in the {BLIND_S:g} s before the first command ran"
    if threshold(history.head.target).satisfied_by(before[-1]):
        return (
            Verdict.SPONTANEOUS,
            f"the metric was under its target {limit_text(history)} before the first command ran",
        )
    if recovered is None:
        return not_still_bad(history) or (Verdict.REFUTED, _not_recovered(history))
    late = recovered - acted - history.head.recover_s
    if late > 0:
        return Verdict.REFUTED, f"the metric recovered, but {late:.0f} s too late: {_allowed(history)}"
    return None


def _not_recovered(history: History) -> str:
    last = [value for _, value in history.samples(0.0, watched_until(history)) if value is not None]
    seen = shown(history, last[-1]) if last else "nothing"
    waited = watched_until(history) - (history.milestone("acted") or 0.0)
    return (
        f"the metric did not stay under its target {limit_text(history)} in the {waited:.0f} s it was watched, "
        f"{_allowed(history)}; it was {seen} at the end{failed_commands(history)}"
    )


def _allowed(history: History) -> str:
    head = history.head
    return f"{head.recover_s:.0f} s were allowed (documented: up to {head.documented_minutes[1]:g} min)"


def _broken_promise(history: History) -> Reasoned | None:
    """Look beyond the metric: the commands must have worked, and the system must serve again."""
    if history.head.arm == Arm.PLACEBO:
        return None
    if not history.of(RanCommand, purpose="resolve"):
        return Verdict.UNKNOWN, "no documented command was recorded, so nothing documented was tried"
    for command in history.of(RanCommand, purpose="resolve") + history.of(RanCommand, purpose="verify"):
        if command.exit != 0:
            refuted = Verdict.REFUTED, f"`{command.text}` (line {command.line}) failed with {failed(command)}"
            return doubted(history, refuted, ALL) if command.exit == TIMED_OUT else refuted
    final = {check.name: check for check in history.of(Check, after="recover")}
    for check in final.values():
        if not check.ok:
            return doubted(history, (Verdict.REFUTED, f"the metric recovered, but {check.name}: {check.seen}"), ALL)
    if not final:
        unchecked = "it was not checked after the recovery whether the system serves again"
        return doubted(history, (Verdict.UNKNOWN, unchecked), ALL)
    return None


def _residue_and_losses(history: History, recovered: float) -> Reasoned:
    residue = history.of(Residue)
    if not residue:
        return Verdict.UNKNOWN, f"residue was not looked for: {last_error(history) or 'the record ends before that'}"
    left = [item for event in residue for item in event.items]
    if left:
        return Verdict.DIRTY, f"the drill left residue: {'; '.join(left)}"
    against_itself = contradiction(history)
    if against_itself:
        unknown = Verdict.UNKNOWN, f"the record contradicts itself: {against_itself}"
        out_of_time = any(phase.ok is False for phase in history.of(Phase))
        return doubted(history, unknown, ALL) if out_of_time else unknown
    if history.head.arm == Arm.PLACEBO:
        watched_s = watched_until(history) - (history.milestone("acted") or 0.0)
        stayed = f"the metric never held its target {limit_text(history)} in the {watched_s:.0f} s it was watched"
        return Verdict.REFUTED, f"doing nothing did not help: {stayed}"
    return _harm(history) or _unproved(history) or _doubt(history, recovered) or _losses(history)


def _harm(history: History) -> Reasoned | None:
    """Look beyond the metric: instruments and system may not be worse than before, and all that is promised is kept."""
    unwell = unsettled(history)
    return changed_instruments(history) or (doubted(history, unwell, ALL) if unwell else promise_not_kept(history))


def _doubt(history: History, recovered: float) -> Reasoned | None:
    """Return why the recovery may be none: a second channel that shows none, an alert that flaps, or chance."""
    why = flapped(history, recovered) or chance(history)
    doubt = other_channel(history) or ((Verdict.UNKNOWN, why) if why else None)
    return doubted(history, doubt, ALL) if doubt else None


def _unproved(history: History) -> Reasoned | None:
    found = proof(history)
    if history.head.symptom and not (found and found.proved):
        seen = (
            f"it read {found.normal!r} before and {found.abnormal!r} during the fault" if found else "it was not read"
        )
        unproved = Verdict.UNKNOWN, f"no reading of the investigation proved the cause: {seen}"
        return doubted(history, unproved, FIRING)
    return None


def _losses(history: History) -> Reasoned:
    """Doubt what was not counted, and what had no end yet when the audit stopped waiting for it."""
    found = with_losses(history)
    waited = any(ledger.unfinished for ledger in history.of(Ledger))
    uncounted = found[0] is Verdict.UNKNOWN or (waited and found[0] is not Verdict.CONFIRMED)
    return doubted(history, found, ALL) if uncounted else found


def _between(start_s: float | None, end_s: float | None) -> float | None:
    return None if start_s is None or end_s is None else round(end_s - start_s, 2)
