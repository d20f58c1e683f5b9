"""The phases of a drill, in their order; each is one function over the run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from drills.checks.health.monitoring import alertmanager
from drills.drill.alert_monitor import Prometheus
from drills.drill.diagnosis import symptom_command
from drills.drill.run import DrillStopped, Run
from drills.record.history import History
from drills.record.proof import proof
from drills.record.signal_quality import (
    BLIND_S,
    ENOUGH_TRAFFIC,
    blind_reason,
    last_sustain_window,
    recovered_at,
    unseen_before,
)
from drills.record.symptom import ABNORMAL, NORMAL
from drills.record.verdicts import Arm
from drills.runbook.expressions import series

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.checks.result import CheckResult
    from drills.common.threshold import Threshold
    from drills.runbook.model import Metric

STEADY_DEADLINE_S = 60.0
CONFIRM_DEADLINE_S = 45.0
SERVES_S = 15.0
"""How long what is not the incident's metric may take to follow it: a scrape that came late, a replica that starts."""
UNSEEN_S = 5.0
"""How long the watching goes on beyond its time where its end was not seen."""
TELLING_S = 5.0
"""How long a responder looks again at the reading that shows the cause: some show it only after a moment."""


def prepare(run: Run) -> None:
    """Do what the fault needs beforehand; nothing is broken by it, so the steady state has to hold all the same."""
    with run.phase("prepare", STEADY_DEADLINE_S):
        run.record.write("undo", lines=run.fault.undo)  # on disk before anything is injected, or this raises
        run.fault.prepare(run.system)


def steady(run: Run) -> None:
    """Traffic flows at the intended rate, the smoke set passes, and every key metric is under its target."""
    with run.phase("steady", STEADY_DEADLINE_S):
        run.traffic.start()
        _await_health(run, "steady", STEADY_DEADLINE_S)
        _investigate(run, NORMAL)  # while the traffic fills the window that its rate is measured over
        wanted = ENOUGH_TRAFFIC * run.traffic.profile.rate_rps
        run.wait(
            lambda: run.traffic.sent_rps(run.limits.rate_s),
            done=lambda rps: rps >= wanted,
            at_most_s=STEADY_DEADLINE_S,
            expected=f"traffic of at least {wanted:.0f} requests a second over {run.limits.rate_s:.1f} s",
            next_step=f"read {run.traffic.log}",
        )
        run.wait(
            lambda: run.alert_monitor.value,
            done=partial(_holds, run.limits.target),
            at_most_s=STEADY_DEADLINE_S,
            expected=f"{run.incident.alert.quantity} at its target {run.limits.target.text} before any fault",
            next_step="look at the stack's health: it is ill before the drill began",
        )
        _key_metrics(run)


def quiet(run: Run) -> None:
    """No alert has fired for as long as the longest window of the runbook, none is about to, and the judge sees it.

    A fault that came while a busy machine held up the traffic would be judged to have had no steady state before it.
    """
    with run.phase("quiet", run.limits.quiet_s):
        run.wait(
            run.alert_monitor.quiet_for_s,
            done=lambda seconds: seconds >= run.limits.quiet_s,
            at_most_s=run.limits.quiet_s + STEADY_DEADLINE_S,
            expected=f"no alert to have fired for {run.limits.quiet_s:.1f} s, and none to be pending",
            next_step="see which alert is active on Prometheus' page /alerts",
        )
        run.wait(
            lambda: unseen_before(History(run.record.events), run.record.now),
            done=lambda why: why is None,
            at_most_s=STEADY_DEADLINE_S,
            expected="the last moment before the fault to be seen",
            next_step=f"read {run.traffic.log}, and see whether this machine is too busy",
        )


def inject(run: Run) -> None:
    """Break the stack; how to undo that is on disk since the preparation."""
    with run.phase("inject", CONFIRM_DEADLINE_S):
        run.record.milestone("injected")
        run.fault.inject(run.system)


def confirm(run: Run) -> None:
    """See through a second channel that the fault is in effect; without that the drill goes no further."""
    with run.phase("confirm", CONFIRM_DEADLINE_S):
        look = None

        def in_effect() -> bool:
            nonlocal look
            look = run.fault.confirm(run.system)
            return look.ok

        try:
            run.wait(in_effect, at_most_s=CONFIRM_DEADLINE_S, expected="the fault in effect", next_step="see the fault")
        finally:
            if look:
                run.record.write("confirm", **vars(look))
        run.record.milestone("confirmed")


def detect(run: Run) -> None:
    """Wait for the documented alert, and see that Alertmanager holds it for whoever is on call."""
    with run.phase("detect", run.limits.detect_s):
        run.wait(
            lambda: run.alert_monitor.state,
            done=lambda state: state == "firing",
            at_most_s=run.limits.detect_s,
            expected=f"{run.incident.alert.name} firing ({run.incident.alert.text})",
            next_step="compare the metric with the threshold in the drill's chart",
        )
        _look(run, [alertmanager(run.system.context)], "detect")


def diagnose(run: Run) -> None:
    """Every documented investigation command is run once more, and the telling one again until it tells."""
    with run.phase("diagnose", STEADY_DEADLINE_S):
        _investigate(run, ABNORMAL)
        telling = symptom_command(run.incident, run.scenario.symptom)
        with run.patience():
            run.wait(
                lambda: _proved(run) or (bool(run.command(telling, "diagnose", when=ABNORMAL)) and _proved(run)),
                at_most_s=TELLING_S,
                expected=f"`{telling.text}` to show the cause",
                next_step="choose a reading that does",
            )


def resolve(run: Run, placebo_s: float) -> None:
    """Type the documented commands, byte for byte; in the placebo arm wait *placebo_s* seconds instead."""
    with run.phase("resolve", placebo_s):
        run.record.milestone("acted")
        if run.arm is Arm.PLACEBO:
            done = run.system.stack.run(f"sleep {placebo_s:.1f}")
            run.record.write(
                "command", purpose="placebo", line=0, text=done.text, exit=done.exit, seconds=done.seconds, output=""
            )
        else:
            for command in run.commands:
                run.command(command, "resolve")
        run.record.milestone("resolved")


def recover(run: Run, watch_s: float) -> None:
    """Watch the metric come under its target and hold there, for at most *watch_s* seconds from now."""
    with run.phase("recover", watch_s):
        until = run.record.now + watch_s
        while run.record.now < until and not _recovered(run):
            _until_changed(run, until)
        _until_seen(run)
    found = recovered_at(History(run.record.events))
    if found is not None:
        run.record.milestone("recovered", t=found)
    run.record.milestone("watched")
    _require_fault(run)


def verify(run: Run) -> None:
    """See that the system serves again: the smoke set, and the incident's own verification commands."""
    with run.phase("verify", STEADY_DEADLINE_S):
        if run.arm is Arm.DOCUMENTED and _recovered(run):
            run.second_traffic.load()  # ready by the time at which the account is settled, it comes back at once
        with run.patience():
            _await_health(run, "recover", SERVES_S)
        _answered(run)
        for command in run.incident.verification:
            run.command(command, "verify")


def _answered(run: Run) -> None:
    """Record whether the solution reached the fault, where the metric alone does not tell."""
    found = run.fault.solution_applied(run.system)
    if found:
        seen = found.seen if found.ok else f"{found.seen}, not {found.expected}"
        run.record.write("check", name=found.channel, ok=found.ok, seen=seen, after="recover")


def _require_fault(run: Run) -> None:
    """Stop unless the fault still goes on: what ends with its fault was cured by nobody."""
    ended = [thread.name for thread in run.fault.background_threads() if not thread.is_alive()]
    if ended:
        raise DrillStopped(
            f"expected the fault {run.fault.name!r} to go on until the drill is over, but it ended by itself "
            f"({', '.join(ended)}); read the traceback above, nothing can be said of a recovery"
        )


def _proved(run: Run) -> bool:
    found = proof(History(run.record.events))
    return found is not None and found.proved


def _recovered(run: Run) -> bool:
    return recovered_at(History(run.record.events)) is not None


def _until_changed(run: Run, until: float) -> None:
    seen, left_s = len(run.record.events), max(0.0, until - run.record.now)
    with run.patience("recover" if left_s > BLIND_S else None):  # no sample in the last moment is no failure
        run.wait(
            lambda: len(run.record.events) > seen,
            at_most_s=left_s,
            expected="another sample",
            next_step="see whether Prometheus still runs",
        )


def _until_seen(run: Run) -> None:
    """Go on for a moment where the end of the watching was not seen: a busy machine has held up traffic or samples."""

    def unseen() -> str | None:
        now, history = run.record.now, History(run.record.events)
        return None if _recovered(run) else blind_reason(history, last_sustain_window(history, now), now)

    with run.patience():
        run.wait(
            unseen,
            done=lambda why: why is None,
            at_most_s=UNSEEN_S,
            expected="the metric and the traffic to be seen",
            next_step=f"read {run.traffic.log}, and see whether Prometheus still runs",
        )


def _investigate(run: Run, when: str) -> None:
    for step in run.incident.investigation:
        for command in step.commands:
            run.command(command, "diagnose", when=when)


def _key_metrics(run: Run) -> None:
    """Wait until each key metric holds its target: right after healing some have nothing to say for a moment."""
    prometheus = Prometheus(run.system.target.prometheus_url or "")
    try:
        for metric in run.system.runbook.metrics:
            if metric.quantity in run.system.stack.descriptor.quantities:
                _key_metric(run, prometheus, metric)
    finally:
        prometheus.close()


def _key_metric(run: Run, prometheus: Prometheus, metric: Metric) -> None:
    seen: float | None = None
    try:
        seen = run.wait(
            lambda: prometheus.value(series(metric.quantity)),
            done=partial(_holds, metric.target),
            at_most_s=STEADY_DEADLINE_S,
            expected=f"{metric.name} at its target {metric.target.text} in the steady state",
            next_step=f"ask Prometheus for {series(metric.quantity)}",
        )
    finally:
        run.record.write("check", name=metric.name, ok=seen is not None, seen=str(seen), after="steady")


def _holds(limit: Threshold, value: float | None) -> bool:
    return value is not None and limit.satisfied_by(value)


def _await_health(run: Run, after: str, at_most_s: float) -> None:
    run.wait(
        lambda: _look(run, run.system.suite.checks().essentials(run.system.context), after),
        done=lambda ill: not ill,
        at_most_s=at_most_s,
        expected="nothing to be wrong with the system",
        next_step="look at the parts named, on the stack itself",
    )


def _look(run: Run, check_results: Iterable[CheckResult], after: str) -> list[str]:
    """Record readings, and return what the bad ones say."""
    judged = [check_result for check_result in check_results if check_result.ok is not None]
    for check_result in judged:
        run.record.write("check", name=check_result.name, ok=check_result.ok, seen=check_result.seen, after=after)
    return [str(check_result) for check_result in judged if not check_result.ok]
