"""The phase after the verification: wait until nothing is worse than before the fault, or record what is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.phases import instruments, out_of_memory, second_channel
from drills.drill.phases.durability import SLACK_S
from drills.record.history import History
from drills.record.settled import not_settled_yet, settled_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.checks.context import CheckContext
    from drills.checks.result import CheckResult
    from drills.drill.arm.run import Run


def settle(run: Run) -> None:
    """Wait for one whole window in which nothing is worse than before the fault, then take each journey once.

    What does not come about in time is recorded as an error, and the drill goes on: the judge has the events.
    """
    at_most_s = settle_deadline_s(run)
    with run.phase("settle", second_channel.RECOVERED_S + at_most_s):
        with run.patience("settle"):
            instruments.record(run, "recovered")
        second_channel.record_recovered(run)
        with run.patience("settle"):
            _await_settled(run, at_most_s)
            _take_journeys(run)
        out_of_memory.record(run, "settled")


def settle_deadline_s(run: Run) -> float:
    """Return how long settling may take: a rate window passes, then a sustain window, and restarts take some time.

    Each key metric has a window of its own, so it is the longest one of the runbook that has to pass.
    """
    return run.limits.quiet_s + run.limits.sustain_s + SLACK_S


def _await_settled(run: Run, at_most_s: float) -> None:
    sustain_s = run.limits.sustain_s
    run.wait(
        lambda: not_settled_yet(History(run.record.events)),
        done=lambda why: why is None,
        at_most_s=at_most_s,
        expected=f"{sustain_s:.0f} s with every key metric at its target, no alert, and no more failures than before",
        next_step=f"see which incident the solution of {run.cause.id} causes, and correct the runbook",
    )
    run.record.milestone("settled", t=settled_at(History(run.record.events)))


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
