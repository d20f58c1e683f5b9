"""The same frame around every fault, from a steady state to a verdict on disk."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from drills.common.waiting import WaitTimeout
from drills.drill import phases
from drills.drill.alert_monitor import AlertMonitor
from drills.drill.console import Console
from drills.drill.diagnosis import symptom_command
from drills.drill.durability import last
from drills.drill.limits import limits
from drills.drill.run import DrillStopped, Run
from drills.drill.teardown import Account, tear_down
from drills.load.traffic import Traffic, TrafficError
from drills.record.arm_verdict import arm_verdict, write_verdict
from drills.record.history import History
from drills.record.judge import Judgement, judge
from drills.record.recorder import Recorder
from drills.record.verdicts import Arm
from drills.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.scenario import Scenario
    from drills.drill.system import System
    from drills.runbook.model import Cause, Incident

TRAFFIC_EVERY_S = 1.0
TRAFFIC_WINDOW_S = 2.0
PLACEBO_ACTION_S = 2.0
TWICE = 2.0
"""The row as first documented may take this many times as long as the one that corrects it."""
STOPS = (DrillStopped, TrafficError, SandboxError, WaitTimeout)


def run_drill(
    scenario: Scenario, arm: Arm, system: System, folder: Path, control: Judgement | None = None
) -> Judgement:
    """Hold one arm of a drill and return its judgement, which is on disk in *folder* before anything is undone.

    *control* is the judgement of the documented arm: its times are the placebo's, so that both arms had the same
    chance. What goes wrong inside the drill is recorded and judged; what goes wrong with the suite is raised.
    """
    incident, cause = _row(system, scenario)
    bounds = limits(system.runbook, incident, cause, system.time_scale)
    console = Console(f"{cause.id} {arm}", bounds.target, bounds.threshold, system.say)
    traffic, second_traffic = (
        Traffic(
            system.target.front_url,
            scenario.traffic,
            system.suite.locustfile,
            folder / f"ledger-{when}.jsonl",
            folder / "locust.log",
        )
        for when in ("steady", "again")
    )
    with Recorder(folder, system.redact) as record:
        pace = _Pace(traffic, record)
        alert_monitor = AlertMonitor(
            system.target.prometheus_url or "", incident, record, lambda: _tick(pace, console, alert_monitor)
        )
        run = Run(
            scenario,
            scenario.fault(),
            arm,
            system,
            incident,
            cause,
            bounds,
            record,
            console,
            traffic,
            second_traffic,
            alert_monitor,
        )
        record.write("drill", t=0.0, **run.head())  # first of all: a history begins with what was drilled
        with alert_monitor:
            before = system.stack.snapshot()
            with ExitStack() as undo:
                undo.callback(tear_down, run, before)
                undo.enter_context(traffic)
                undo.enter_context(second_traffic)
                try:
                    _phases(run, control)
                finally:
                    _write_verdict(run, judge(History(record.events)))
                _durability(run)
        final = judge(History(record.events))
        _write_verdict(run, final)
    console.say(f"{final.verdict}: {final.reason}")
    return final


def _tick(pace: _Pace, console: Console, alert_monitor: AlertMonitor) -> None:
    pace.tick()
    console.metric(alert_monitor.value, alert_monitor.state)


class _Pace:
    """Records the traffic's rate about once a second, on the watch's thread."""

    def __init__(self, traffic: Traffic, record: Recorder) -> None:
        self._traffic = traffic
        self._record = record
        self._last = 0.0

    def tick(self) -> None:
        now = time.monotonic()
        if not self._traffic.flows or now - self._last < TRAFFIC_EVERY_S:
            return
        self._last = now
        self._record.write(
            "traffic",
            intended_rps=self._traffic.profile.rate_rps,
            achieved_rps=round(self._traffic.sent_rps(TRAFFIC_WINDOW_S), 2),
            failed_rps=round(self._traffic.failed_rps(TRAFFIC_WINDOW_S), 2),
        )


def _row(system: System, scenario: Scenario) -> tuple[Incident, Cause]:
    cause = system.runbook.cause(scenario.cause)
    return system.runbook.incident(int(cause.id.split(".")[0])), cause


def _phases(run: Run, control: Judgement | None) -> None:
    account = Account(run)
    try:
        _require_commands(run)
        _require_sign(run)
        run.traffic.load()
        phases.prepare(run)
        with account:
            phases.steady(run)
            account.open()
            phases.quiet(run)
            phases.inject(run)
            phases.confirm(run)
            phases.detect(run)
            phases.diagnose(run)
            action_s, watch_s = _times(run, control)
            phases.resolve(run, action_s)
            phases.recover(run, watch_s)
            if run.arm is not Arm.PLACEBO:
                phases.verify(run)
            run.traffic.check()
            if run.arm is not Arm.ORIGINAL or _recovered(run):
                account.audit()
    except STOPS as stopped:
        _stopped(run, stopped)


def _durability(run: Run) -> None:
    """Look whether it lasts, where somebody relies on it: after a recovery by the documented solution."""
    if run.arm is not Arm.DOCUMENTED or not _recovered(run):
        return
    try:
        last(run)
    except STOPS as stopped:
        _stopped(run, stopped)


def _recovered(run: Run) -> bool:
    return History(run.record.events).milestone("recovered") is not None


def _stopped(run: Run, why: Exception) -> None:
    run.record.write("error", phase="frame", text=str(why))
    run.console.say(f"stopped: {why}")


def _require_sign(run: Run) -> None:
    try:
        symptom_command(run.incident, run.scenario.symptom)
    except ValueError as error:
        raise DrillStopped(f"{run.system.runbook.path}: {error}; correct the drill's sign or the runbook") from None


def _require_commands(run: Run) -> None:
    if not run.commands:
        raise DrillStopped(
            f"the runbook ({run.system.runbook.path}:{run.cause.line}) gives no command for {run.cause.id} "
            f"{run.cause.name}; give it command lines, a drill can run nothing else"
        )


def _times(run: Run, control: Judgement | None) -> tuple[float, float]:
    """Return how long the placebo's step takes and how long the metric is watched, in seconds."""
    recover_s = run.limits.recover_s + run.limits.sustain_s  # a recovery in the last moment is held as well
    if run.arm is Arm.DOCUMENTED:
        return 0.0, recover_s
    if run.arm is Arm.ORIGINAL:
        return 0.0, min(
            recover_s, TWICE * control.ttr_s + 2 * run.limits.sustain_s
        ) if control and control.ttr_s else recover_s
    action_s = control.action_s if control and control.action_s else PLACEBO_ACTION_S
    ttr_s = control.ttr_s if control and control.ttr_s else action_s + run.limits.rate_s
    return action_s, max(0.0, ttr_s - action_s) + run.limits.sustain_s + run.limits.rate_s / 2


def _write_verdict(run: Run, found: Judgement) -> None:
    folder = run.record.folder
    write_verdict(folder, arm_verdict(History(run.record.events), found, folder))
