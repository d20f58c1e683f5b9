"""Judge a recorded arm of a drill. Pure: the same history gets the same verdict, now or on an old record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.record.contradictions import contradiction
from drills.record.events import (
    AlertChange,
    Check,
    Confirm,
    Phase,
    RanCommand,
    Residue,
    UnseenAlerts,
)
from drills.record.failures import last_error
from drills.record.loss_verdict import with_losses
from drills.record.proof import proof
from drills.record.signal_quality import (
    BLIND_S,
    blind_reason,
    last_sustain_window,
    limit_text,
    recovered_at,
    threshold,
    unseen_before,
    watched_until,
)
from drills.record.verdicts import Arm, Verdict

if TYPE_CHECKING:
    from drills.record.history import History


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason in one sentence; times in seconds, None where the moment never came."""

    verdict: Verdict
    reason: str
    ttd_s: float | None = None
    ttr_s: float | None = None
    action_s: float | None = None


def judge(history: History) -> Judgement:
    """Judge one arm from its history alone."""
    recovered = recovered_at(history)
    verdict, reason = _verdict(history, recovered)
    acted = history.milestone("acted")
    return Judgement(
        verdict,
        reason,
        ttd_s=_between(history.milestone("injected"), _fired(history)),
        ttr_s=_between(acted, recovered),
        action_s=_between(acted, history.milestone("resolved")),
    )


def _verdict(history: History, recovered: float | None) -> tuple[Verdict, str]:
    for rule in (_before_the_fault, _fault, _alert, _outcome):
        judged = rule(history, recovered)
        if judged:
            return judged
    return _residue_and_losses(history)


def _before_the_fault(history: History, _: float | None) -> tuple[Verdict, str] | None:
    injected = history.milestone("injected")
    if injected is None:
        return Verdict.UNKNOWN, f"no fault was injected: {last_error(history) or 'the record ends before it'}"
    blind = unseen_before(history, injected)
    return (Verdict.UNKNOWN, f"the steady state was not seen: {blind}") if blind else None


def _fault(history: History, _: float | None) -> tuple[Verdict, str] | None:
    confirmations = history.of(Confirm)
    if any(confirmation.ok for confirmation in confirmations):
        return None
    if not confirmations:
        return Verdict.UNKNOWN, f"the fault was not confirmed: {last_error(history) or 'no second channel'}"
    last = confirmations[-1]
    return Verdict.INVALID, f"the fault did not take: {last.channel} shows {last.seen}, not {last.expected}"


def _alert(history: History, _: float | None) -> tuple[Verdict, str] | None:
    alert, fired, acted = history.head.alert, _fired(history), history.milestone("acted")
    if fired is None:
        return _silent(history)
    if acted is not None and fired > acted:
        return Verdict.UNKNOWN, f"{alert} fired only after the first command, so what it fired on is not known"
    return _skipped_pending(history, fired)


def _silent(history: History) -> tuple[Verdict, str]:
    alert, waited = history.head.alert, history.of(Phase, name="detect", event="end")
    if not waited:
        return Verdict.UNKNOWN, f"the record ends before {alert} could fire: {last_error(history) or 'it was cut off'}"
    until = waited[-1].t
    blind = blind_reason(history, history.milestone("injected") or 0.0, until) or _alerts_unseen(history, until)
    if blind:
        return Verdict.UNKNOWN, f"{alert} did not fire, and the judge was blind: {blind}"
    if history.head.arm == Arm.PLACEBO:
        return Verdict.UNKNOWN, f"{alert} did not fire, so doing nothing against it was not tried"
    return Verdict.REFUTED, f"{alert} did not fire although the fault took effect"


def _alerts_unseen(history: History, until_s: float) -> str | None:
    missed = [event for event in history.of(UnseenAlerts) if event.t <= until_s]
    return f"Prometheus did not answer with the alerts' states, {len(missed)} times" if missed else None


def _fired(history: History) -> float | None:
    """Return when the alert fired on this fault; an alert that fired before the injection had another reason."""
    return history.milestone("firing", after_s=history.milestone("injected") or 0.0)


def _skipped_pending(history: History, fired: float) -> tuple[Verdict, str] | None:
    if not history.head.window_s:
        return None
    injected = history.milestone("injected") or 0.0
    steps = [(change.before, change.to) for change in history.of(AlertChange) if injected <= change.t <= fired]
    if ("inactive", "pending") in steps and steps[-1] == ("pending", "firing"):
        return None
    return Verdict.UNKNOWN, f"{history.head.alert} was seen firing without having been seen pending first"


def _outcome(history: History, recovered: float | None) -> tuple[Verdict, str] | None:
    for name in ("acted", "resolved", "watched"):
        if history.milestone(name) is None:
            return Verdict.UNKNOWN, f"the record has no moment {name!r}: {last_error(history) or 'it was cut off'}"
    if history.head.arm == Arm.PLACEBO:
        return _placebo(history, recovered)
    return _documented(history, recovered)


def _placebo(history: History, recovered: float | None) -> tuple[Verdict, str] | None:
    if recovered is None:
        return _still_bad(history)
    return Verdict.SPONTANEOUS, f"the metric came under its target {limit_text(history)} without the solution"


def _documented(history: History, recovered: float | None) -> tuple[Verdict, str] | None:
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
        return _still_bad(history) or (Verdict.REFUTED, _not_recovered(history))
    late = recovered - acted - history.head.recover_s
    if late > 0:
        return Verdict.REFUTED, f"the metric recovered, but {late:.0f} s too late: {_allowed(history)}"
    return _broken_promise(history)


def _still_bad(history: History) -> tuple[Verdict, str] | None:
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


def _not_recovered(history: History) -> str:
    last = [value for _, value in history.samples(0.0, watched_until(history)) if value is not None]
    seen = _shown(history, last[-1]) if last else "nothing"
    waited = watched_until(history) - (history.milestone("acted") or 0.0)
    return (
        f"the metric did not stay under its target {limit_text(history)} in the {waited:.0f} s it was watched, "
        f"{_allowed(history)}; it was {seen} at the end"
    )


def _shown(history: History, value: float) -> str:
    """Return *value* in the unit in which the runbook writes its limit."""
    return f"{value:.1%}" if limit_text(history).endswith("%") else f"{value:.4g} {history.head.unit}"


def _allowed(history: History) -> str:
    head = history.head
    return f"{head.recover_s:.0f} s were allowed (documented: up to {head.documented_minutes[1]:g} min)"


def _broken_promise(history: History) -> tuple[Verdict, str] | None:
    """Look beyond the metric: the commands must have worked, and the system must serve again."""
    if not history.of(RanCommand, purpose="resolve"):
        return Verdict.UNKNOWN, "no documented command was recorded, so nothing documented was tried"
    for command in history.of(RanCommand, purpose="resolve") + history.of(RanCommand, purpose="verify"):
        if command.exit != 0:
            return Verdict.REFUTED, f"`{command.text}` (line {command.line}) failed with exit {command.exit}"
    final = {check.name: check for check in history.of(Check, after="recover")}
    for check in final.values():
        if not check.ok:
            return Verdict.REFUTED, f"the metric recovered, but {check.name}: {check.seen}"
    if not final:
        return Verdict.UNKNOWN, "it was not checked after the recovery whether the system serves again"
    return None


def _residue_and_losses(history: History) -> tuple[Verdict, str]:
    residue = history.of(Residue)
    if not residue:
        return Verdict.UNKNOWN, f"residue was not looked for: {last_error(history) or 'the record ends before that'}"
    left = [item for event in residue for item in event.items]
    if left:
        return Verdict.DIRTY, f"the drill left residue: {'; '.join(left)}"
    against_itself = contradiction(history)
    if against_itself:
        return Verdict.UNKNOWN, f"the record contradicts itself: {against_itself}"
    if history.head.arm == Arm.PLACEBO:
        return Verdict.REFUTED, f"doing nothing did not help: the metric never held its target {limit_text(history)}"
    found = proof(history)
    if history.head.symptom and not (found and found.proved):
        seen = (
            f"it read {found.normal!r} before and {found.abnormal!r} during the fault" if found else "it was not read"
        )
        return Verdict.UNKNOWN, f"no reading of the investigation proved the cause: {seen}"
    return with_losses(history)


def _between(start_s: float | None, end_s: float | None) -> float | None:
    return None if start_s is None or end_s is None else round(end_s - start_s, 2)
