"""The phase after the verification: wait until nothing is worse than before the fault, or record what is."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from drills.drill.phases import instruments, second_channel
from drills.drill.phases.durability import SLACK_S
from drills.record.history import History
from drills.record.measurements import AlertChange, KeyMetric, OtherAlert, Traffic, UnseenAlerts
from drills.record.signal_quality import BLIND_S, thin_traffic, threshold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from drills.checks.context import CheckContext
    from drills.checks.result import CheckResult
    from drills.drill.arm.run import Run

INACTIVE = "inactive"


def settle(run: Run) -> None:
    """Wait for one whole window in which nothing is worse than before the fault, then take each journey once.

    What does not come about in time is recorded as an error, and the drill goes on: the judge has the events.
    """
    at_most_s = settle_deadline_s(run)
    with run.phase("settle", at_most_s):
        until_s = run.record.now + at_most_s
        with run.patience("settle"):
            instruments.record(run, "recovered")
        second_channel.record_recovered(run, at_most_s)
        with run.patience("settle"):
            _await_settled(run, max(0.0, until_s - run.record.now))
            _take_journeys(run)


def settle_deadline_s(run: Run) -> float:
    """Return how long settling may take: a rate window passes, then a sustain window, and restarts take some time.

    Each key metric has a window of its own, so it is the longest one of the runbook that has to pass.
    """
    return run.limits.quiet_s + run.limits.sustain_s + SLACK_S


def unsettled(history: History, key_metrics: Collection[str], start_s: float, end_s: float) -> str | None:
    """Return what is worse than before the fault between two moments (seconds), or None; *key_metrics* are names."""
    watched_s = history.milestone("watched")
    if watched_s is None or start_s < watched_s:
        return f"no whole sustain window since the recovery yet, which ends at {end_s:.1f} s"
    return (
        _active_alert(history, start_s, end_s)
        or next(filter(None, (_bad_metric(history, name, start_s, end_s) for name in key_metrics)), None)
        or _failing_clients(history, start_s, end_s)
    )


def _await_settled(run: Run, at_most_s: float) -> None:
    names = [metric.name for metric in run.system.key_metrics]
    sustain_s = run.limits.sustain_s
    end_s = 0.0

    def why() -> str | None:
        nonlocal end_s
        end_s = run.record.now
        return unsettled(History(run.record.events), names, end_s - sustain_s, end_s)

    run.wait(
        why,
        done=lambda reason: reason is None,
        at_most_s=at_most_s,
        expected=f"{sustain_s:.0f} s with every key metric at its target, no alert, and no more failures than before",
        next_step=f"see which incident the solution of {run.cause.id} causes, and correct the runbook",
    )
    run.record.milestone("settled", t=end_s - sustain_s)


def _take_journeys(run: Run) -> None:
    """Record each journey at its first try: a user who has to try twice is not served as before."""
    context = run.system.context
    try:
        for taken in _journeys(run, context):
            if taken.ok is not None:
                ok = taken.ok and len(taken.attempts) <= 1
                run.record.write("check", name=taken.name, ok=ok, seen=taken.seen, after="settled")
    finally:
        context.browser.close()


def _journeys(run: Run, context: CheckContext) -> Iterable[CheckResult]:
    suite = run.system.suite
    if suite.journeys is None:
        return suite.checks().essentials(context)
    return suite.journeys(context, run.incident.alert.quantity)


def _active_alert(history: History, start_s: float, end_s: float) -> str | None:
    if any(start_s <= event.t <= end_s for event in history.of(UnseenAlerts)):
        return "the alerts' states were not seen"
    states = dict.fromkeys([history.head.alert], INACTIVE)
    for t, name, state in _transitions(history):
        if t <= start_s:
            states[name] = state
        elif t <= end_s and state != INACTIVE:
            return f"the alert {name} was {state}"
    return next((f"the alert {name} was {state}" for name, state in states.items() if state != INACTIVE), None)


def _transitions(history: History) -> Iterable[tuple[float, str, str]]:
    yield from ((event.t, history.head.alert, event.to) for event in history.of(AlertChange))
    yield from ((event.t, event.name, event.to) for event in history.of(OtherAlert))


def _bad_metric(history: History, name: str, start_s: float, end_s: float) -> str | None:
    seen = [event for event in history.of(KeyMetric, name=name) if start_s <= event.t <= end_s]
    edges = [start_s, *(event.t for event in seen), end_s]
    if not seen or max(later - earlier for earlier, later in pairwise(edges)) > BLIND_S:
        return f"{name} was not seen"
    for event in seen:
        if event.value is None or not threshold(event.target).satisfied_by(event.value):
            return f"{name} was {event.value}, not {event.target.text}"
    return None


def _failing_clients(history: History, start_s: float, end_s: float) -> str | None:
    injected_s = history.milestone("injected") or 0.0
    before = _failed_share([event for event in history.of(Traffic) if event.t <= injected_s])
    since = _failed_share([event for event in history.of(Traffic) if start_s <= event.t <= end_s])
    if since > before:
        return f"{since:.1%} of the requests failed, before the fault {before:.1%}"
    return thin_traffic(history, start_s, end_s)


def _failed_share(events: list[Traffic]) -> float:
    """Return the failed part of the requests, by counts where they were recorded and by rates otherwise."""
    counted = [event for event in events if event.sent is not None and event.failed is not None]
    if counted:
        return _share(sum(event.failed or 0 for event in counted), sum(event.sent or 0 for event in counted))
    return _share(sum(event.failed_rps for event in events), sum(event.achieved_rps for event in events))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
