"""The phases of a drill up to its diagnosis, in their order; each is one function over the run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from drills.checks.health.monitoring import alertmanager
from drills.drill.phases import evidence, instruments, second_channel
from drills.record.history import History
from drills.record.proof import proof
from drills.record.signal_quality import ENOUGH_TRAFFIC, unseen_before
from drills.record.symptom import ABNORMAL, NORMAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.checks.result import CheckResult
    from drills.common.threshold import Threshold
    from drills.drill.arm.run import Run
    from drills.runbook.model import Command, Metric
    from drills.sandbox.shell import Shell

STEADY_DEADLINE_S = 60.0
CONFIRM_DEADLINE_S = 45.0
SYMPTOM_DEADLINE_S = 5.0
"""For how long the command of the symptom is typed again: some show the symptom only after seconds."""


def prepare(run: Run) -> None:
    """Do what the fault needs beforehand; nothing is broken by it, so the steady state is required all the same."""
    with run.phase("prepare", STEADY_DEADLINE_S):
        run.record.write("undo", lines=run.fault.undo(run.system))  # on disk before the fault, or this raises
        run.fault.prepare(run.system)


def steady(run: Run) -> None:
    """Wait until traffic flows at its rate, the essential checks pass, and every key metric is at its target."""
    with run.phase("steady", STEADY_DEADLINE_S):
        run.traffic.start()
        await_health(run, "steady", STEADY_DEADLINE_S)
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
            done=partial(_at, run.limits.target),
            at_most_s=STEADY_DEADLINE_S,
            expected=f"{run.incident.alert.quantity} at its target {run.limits.target.text} before any fault",
            next_step="run the checks against the stack: it is not healthy, although no fault was injected yet",
        )
        _key_metrics(run)


def quiet(run: Run) -> None:
    """Wait until no alert has fired for the runbook's longest window, none is pending, and the record shows it.

    Where a loaded machine held up the traffic just before the fault, the judge would see no steady state.
    """
    with run.phase("quiet", run.limits.quiet_s):
        run.wait(
            run.alert_monitor.quiet_for_s,
            done=lambda seconds: seconds >= run.limits.quiet_s,
            at_most_s=run.limits.quiet_s + STEADY_DEADLINE_S,
            expected=f"no alert to have fired for {run.limits.quiet_s:.1f} s, and none to be pending",
            next_step="open Prometheus' page /alerts and see which alert is active",
        )
        instruments.record(run, "normal")
        second_channel.record_normal(run)
        run.wait(
            lambda: unseen_before(History(run.record.events), run.record.now),
            done=lambda why: why is None,
            at_most_s=STEADY_DEADLINE_S,
            expected="metric and traffic to be seen in the seconds before the fault",
            next_step=f"read {run.traffic.log}; where it shows no error, give this machine less to do",
        )


def inject(run: Run) -> None:
    """Break the stack; the lines that undo this are on disk since the preparation."""
    with run.phase("inject", CONFIRM_DEADLINE_S):
        run.record.milestone("injected")
        run.fault.inject(run.system)


def confirm(run: Run) -> None:
    """Confirm through a second channel that the fault is in effect; without that the drill stops."""
    with run.phase("confirm", CONFIRM_DEADLINE_S):
        seen = None

        def in_effect() -> bool:
            nonlocal seen
            seen = run.fault.confirm(run.system)
            return seen.ok

        try:
            run.wait(
                in_effect,
                at_most_s=CONFIRM_DEADLINE_S,
                expected=f"the fault {run.fault.name!r} in effect",
                next_step=f"read the confirm event at the end of {run.record.folder}: it says what was seen instead",
            )
        finally:
            if seen:
                run.record.write("confirm", **vars(seen))
        run.record.milestone("confirmed")


def detect(run: Run) -> None:
    """Wait for the documented alert, and check that the Alertmanager that notifies of it is ready."""
    with run.phase("detect", run.limits.detect_s):
        run.wait(
            lambda: run.alert_monitor.state,
            done=lambda state: state == "firing",
            at_most_s=run.limits.detect_s,
            expected=f"{run.incident.alert.name} firing ({run.incident.alert.text})",
            next_step=f"compare the metric with its threshold in the chart of {run.record.folder}",
        )
        _check(run, [alertmanager(run.system.context)], "detect")


def diagnose(run: Run) -> None:
    """Type every documented investigation command once more, that of the symptom until it shows the symptom.

    That one is typed again into the shell of its step: where a line before it changed the folder, it needs that.
    """
    with run.phase("diagnose", STEADY_DEADLINE_S + evidence.BEFORE_S), run.system.stack.shell() as shell:
        command = run.symptom_command
        _investigate(run, ABNORMAL, command, shell)
        with run.patience():
            run.wait(
                lambda: _proved(run) or (_typed_again(run, command, shell) and _proved(run)),
                at_most_s=SYMPTOM_DEADLINE_S,
                expected=f"`{command.text}` to show the symptom",
                next_step=f"give the scenario of {run.cause.id} a symptom that this command shows, or another command",
            )
        evidence.before(run)
        second_channel.record_abnormal(run)


def _proved(run: Run) -> bool:
    proved = proof(History(run.record.events))
    return proved is not None and proved.proved


def _typed_again(run: Run, command: Command, shell: Shell) -> bool:
    return bool(run.command(command, "diagnose", when=ABNORMAL, shell=shell))


def _investigate(run: Run, when: str, symptom: Command | None = None, shell: Shell | None = None) -> None:
    """Type the lines of each step into a shell of its own; those of the step with *symptom* into *shell*."""
    for step in run.incident.investigation:
        run.in_one_shell(step.commands, "diagnose", when=when, shell=shell if symptom in step.commands else None)


def _key_metrics(run: Run) -> None:
    """Wait until each key metric is at its target: right after healing some have no value for a few seconds."""
    for metric in run.system.key_metrics:
        _key_metric(run, metric)


def _key_metric(run: Run, metric: Metric) -> None:
    seen: float | None = None
    try:
        seen = run.wait(
            lambda: run.alert_monitor.value_of(run.system.series_of(metric)),
            done=partial(_at, metric.target),
            at_most_s=STEADY_DEADLINE_S,
            expected=f"{metric.name} at its target {metric.target.text} in the steady state",
            next_step=f"ask Prometheus for {run.system.series_of(metric)}",
        )
    finally:
        run.record.write("check", name=metric.name, ok=seen is not None, seen=str(seen), after="steady")


def _at(limit: Threshold, value: float | None) -> bool:
    return value is not None and limit.satisfied_by(value)


def await_health(run: Run, after: str, at_most_s: float) -> None:
    """Wait until every essential check passes, at most *at_most_s* seconds; raises DrillStopped."""
    run.wait(
        lambda: _check(run, run.system.suite.checks().essentials(run.system.context), after),
        done=lambda failed: not failed,
        at_most_s=at_most_s,
        expected="every essential check to pass",
        next_step="read the logs of the services that the failed checks name",
    )


def _check(run: Run, check_results: Iterable[CheckResult], after: str) -> list[str]:
    """Record check results, and return what the failed ones say."""
    judged = [check_result for check_result in check_results if check_result.ok is not None]
    for check_result in judged:
        run.record.write("check", name=check_result.name, ok=check_result.ok, seen=check_result.seen, after=after)
    return [str(check_result) for check_result in judged if not check_result.ok]
