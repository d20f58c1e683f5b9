"""The life of one arm of a drill, from a steady state to a verdict on disk; the same around every fault."""

from __future__ import annotations

from contextlib import ExitStack

from drills.common.waiting import WaitTimeout
from drills.drill.arm.head import head
from drills.drill.arm.run import DrillStopped, Run
from drills.drill.observation.machine_monitor import MachineMonitor
from drills.drill.phases import durability, recovery, settle, teardown, until_diagnosis
from drills.drill.scenario import symptom_command
from drills.load.traffic import TrafficError
from drills.record.arm_verdict import arm_verdict, write_verdict
from drills.record.events import DurabilityStage
from drills.record.experiment_verdict import judge_pair
from drills.record.history import History
from drills.record.judge import Judgement, judge
from drills.record.verdicts import Arm
from drills.sandbox.errors import SandboxError

STOPS = (DrillStopped, TrafficError, SandboxError, WaitTimeout)


def run_arm(run: Run, control: Judgement | None = None) -> Judgement:
    """Run one arm of a drill and return its judgement, which is on disk before anything is undone.

    *control* is the judgement of the documented arm: its times are the placebo's, so that both arms have the
    same time. What goes wrong inside the drill is recorded and judged; other errors are raised.
    """
    with run.record:
        run.record.write("drill", t=0.0, **head(run))  # first: a history begins with what was drilled
        run.listener.arm_began(run.cause.id, run.arm, run.limits.target, run.limits.threshold)
        try:
            with run.alert_monitor, MachineMonitor(run.record, run.options.process):
                _drill(run, control)
        finally:  # an interrupted arm, too, keeps what was reached, and its residue is judged
            judgement = judge(History(run.record.events))
            _write_verdict(run, judgement)
    run.listener.arm_judged(judgement)
    return judgement


def _drill(run: Run, control: Judgement | None) -> None:
    before = run.system.stack.snapshot()
    with ExitStack() as undo:
        undo.callback(teardown.tear_down, run, before)
        undo.enter_context(run.traffic)
        undo.enter_context(run.second_traffic)
        try:
            _phases(run, control)
        finally:
            _write_verdict(run, judge(History(run.record.events)))
        _durability(run)


def _phases(run: Run, control: Judgement | None) -> None:
    loss_audit = run.system.suite.loss_audit(run.system.target)
    try:
        _require_commands(run)
        _require_symptom(run)
        run.traffic.load()
        until_diagnosis.prepare(run)
        with loss_audit:
            until_diagnosis.steady(run)
            teardown.open_audit(loss_audit)
            until_diagnosis.quiet(run)
            until_diagnosis.inject(run)
            until_diagnosis.confirm(run)
            until_diagnosis.detect(run)
            until_diagnosis.diagnose(run)
            recovery.resolve(run, run.limits.placebo_s(control))
            recovery.recover(run, run.limits.watch_s(run.arm, control))
            if run.arm is not Arm.PLACEBO:
                _serves_again(run)
            run.traffic.check()
            teardown.audit(run, loss_audit)
    except STOPS as stopped:
        _stopped(run, stopped)


def _serves_again(run: Run) -> None:
    """Verify what the runbook says, and that nothing else was harmed by the recovery, where there was one."""
    if not _recovered(run):
        recovery.verify(run)
        return
    with run.alert_monitor.recording_key_metrics():
        recovery.verify(run)
        settle.settle(run)


def _durability(run: Run) -> None:
    """Try whether the recovery lasts, after the documented solution only: that is what responders rely on."""
    if run.arm is not Arm.DOCUMENTED or not _recovered(run):
        return
    try:
        durability.durability(run)
    except STOPS as stopped:
        _stopped(run, stopped)
    except BaseException:  # it takes nothing from the verdict, which comes from what was seen before
        stage = "restart" if History(run.record.events).of(DurabilityStage) else "load"
        run.record.write("durability", stage=stage, held=None, seen="durability interrupted")
        raise


def _recovered(run: Run) -> bool:
    return History(run.record.events).milestone("recovered") is not None


def _stopped(run: Run, why: Exception) -> None:
    run.record.write("error", phase="lifecycle", text=str(why))
    run.listener.say(run.system.redact(f"stopped: {why}"))


def _require_symptom(run: Run) -> None:
    try:
        for symptom in (run.scenario.symptom, *run.scenario.rules_out):
            symptom_command(run.incident, symptom)
    except ValueError as error:
        raise DrillStopped(f"{run.system.runbook.path}: {error}; correct the drill's symptom or the runbook") from None


def _require_commands(run: Run) -> None:
    if not run.commands:
        raise DrillStopped(
            f"the runbook ({run.system.runbook.path}:{run.cause.line}) gives no command for {run.cause.id} "
            f"{run.cause.name}; give it command lines, a drill can run nothing else"
        )


def _write_verdict(run: Run, judgement: Judgement) -> None:
    folder = run.record.folder
    so_far = judgement if run.arm is Arm.PLACEBO else judge_pair(judgement, None)  # its placebo comes later, if at all
    write_verdict(folder, arm_verdict(History(run.record.events), so_far, folder))
