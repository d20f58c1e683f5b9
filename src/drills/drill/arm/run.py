"""One arm of one drill while it runs: all that its phases share."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from drills.common import draws
from drills.common.waiting import WaitTimeout, wait_until
from drills.drill.arm.limits import limits
from drills.drill.observation.alert_monitor import AlertMonitor
from drills.drill.scenario import symptom_command
from drills.load.traffic import Counts, Traffic
from drills.record.head import SolutionLine
from drills.record.recorder import Recorder
from drills.record.solution_lines import solution_lines
from drills.record.verdicts import Arm
from drills.runbook.model import Command, Quantity
from drills.sandbox.shell import ShellEnded
from drills.sandbox.terminal import Ran

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from drills.common.threshold import Threshold
    from drills.drill.arm.limits import Limits
    from drills.drill.arm.listener import Listener, Phase
    from drills.drill.arm.run_options import RunOptions
    from drills.drill.scenario import Fault, Scenario
    from drills.drill.system import System
    from drills.runbook import Runbook
    from drills.runbook.model import Cause, Incident
    from drills.sandbox.shell import Shell

T = TypeVar("T")

POLL_S = 0.25
TRAFFIC_EVERY_S = 1.0
TRAFFIC_WINDOW_S = 2.0


class DrillStopped(Exception):  # noqa: N818 - a drill that cannot go on is an outcome, judged from its record
    """The drill could not go on; the text says what was expected, what was seen, where, and what to look at."""


@dataclass(frozen=True)
class Run:
    """The parts of a running arm; phases are functions over it."""

    scenario: Scenario
    fault: Fault
    arm: Arm
    system: System
    incident: Incident
    cause: Cause
    limits: Limits
    record: Recorder
    listener: Listener
    traffic: Traffic
    second_traffic: Traffic
    alert_monitor: AlertMonitor
    options: RunOptions

    @contextmanager
    def phase(self, name: Phase, at_most_s: float) -> Iterator[None]:
        """Record a phase, and tell the listeners of it."""
        with self.told(name, at_most_s), self.record.phase(name):
            yield

    @contextmanager
    def told(self, name: Phase, at_most_s: float) -> Iterator[None]:
        """Tell the listeners that a phase begins and ends."""
        self.listener.phase_began(name, at_most_s)
        try:
            yield
        except BaseException as error:
            self.listener.phase_ended(name, error)
            raise
        self.listener.phase_ended(name, None)

    def wait(
        self,
        read: Callable[[], T],
        *,
        at_most_s: float,
        expected: str,
        next_step: str,
        done: Callable[[T], bool] = bool,
    ) -> T:
        """Wait until *done* accepts what *read* returns, and return it.

        Raises DrillStopped when the time is up or the alert monitor has failed.
        """
        try:
            return wait_until(
                lambda: self._monitored(read),
                done=done,
                deadline_s=at_most_s,
                expected=expected,
                where=f"{self.cause.id} {self.arm}, {self.alert_monitor}",
                next_step=next_step,
                poll_s=POLL_S,
            )
        except WaitTimeout as timeout:
            raise DrillStopped(str(timeout)) from None

    @contextmanager
    def patience(self, phase: Phase | None = None) -> Iterator[None]:
        """Let a wait in the block time out without stopping the drill; a given *phase* records it as its error."""
        try:
            yield
        except DrillStopped as stopped:
            if self.alert_monitor.failure:
                raise
            if phase:
                self.record.write("error", phase=phase, text=str(stopped))

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands that this arm tries; the placebo's are those it does not run."""
        return self.cause.original if self.arm is Arm.ORIGINAL else self.cause.commands

    @property
    def symptom_command(self) -> Command:
        """The investigation command that shows the symptom; raises ValueError unless there is exactly one."""
        return symptom_command(self.incident, self.scenario.symptom)

    def type_line(self, text: str, purpose: str) -> Ran:
        """Run a line that is not documented in a shell of its own, and record what it printed."""
        return self._recorded(Command(0, text), self.system.stack.run(text), purpose)

    def command(self, command: Command, purpose: str, *, when: str | None = None, shell: Shell | None = None) -> Ran:
        """Type one documented command into *shell*, or else into one of its own, and record what it printed."""
        with ExitStack() as own:
            typed = _typed(shell or own.enter_context(self.system.stack.shell()), command)
        return self._recorded(command, typed, purpose, when)

    def in_one_shell(self, commands: tuple[Command, ...], purpose: str, *, when: str | None = None) -> None:
        """Type the commands of one step as a responder does, so that what one of them sets holds for the next."""
        with ExitStack() as own:
            shell = own.enter_context(self.system.stack.shell()) if commands else None
            for command in commands:
                self.command(command, purpose, when=when, shell=shell)

    def _recorded(self, command: Command, ran: Ran, purpose: str, when: str | None = None) -> Ran:
        facts: dict[str, Any] = {"line": command.line, "text": command.text, "exit": ran.exit}
        if command.stdin:
            facts["stdin"] = command.stdin
        self.record.write(
            "command", purpose=purpose, when=when, seconds=round(ran.seconds, 3), output=ran.output, **facts
        )
        redact = self.system.redact
        self.listener.command_ran(
            replace(command, text=redact(command.text)), replace(ran, text=redact(ran.text), output=redact(ran.output))
        )
        return ran

    def head(self) -> dict[str, Any]:
        """Return the first event of the record: what is drilled, under which limits."""
        return {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "cause": self.cause.id,
            "cause_name": self.cause.name,
            "incident": self.incident.id,
            "incident_name": self.incident.name,
            "arm": str(self.arm),
            "alert": self.incident.alert.name,
            "quantity": str(self.incident.alert.quantity),
            "unit": self.limits.threshold.unit,
            "target": _limit(self.limits.target),
            "threshold": _limit(self.limits.threshold),
            "window_s": self.incident.alert.window_s,
            "time_scale": self.system.time_scale,
            "quiet_s": self.limits.quiet_s,
            "sustain_s": self.limits.sustain_s,
            "recover_s": self.limits.recover_s,
            "documented_minutes": list(self.cause.minutes),
            "solution": self.cause.solution,
            "expected_verdict": str(self.scenario.expects(self.arm)),
            "expected_lasting": self.scenario.expects_lasting(self.arm),
            "finding": self.scenario.finding,
            "symptom": self._symptom(),
            "runbook": {"file": self.system.runbook.path.name, "sha256": self.system.runbook.sha256},
            "run": self.options.run_id,
            "seed": self.options.seed,
            "solution_lines": solution_lines(map(self._solution_line, self._solution())).model_dump(mode="json"),
        }

    def _solution(self) -> tuple[Command, ...]:
        return () if self.arm is Arm.PLACEBO else self.commands

    def _solution_line(self, command: Command) -> SolutionLine:
        redact = self.system.redact  # as the recorder writes it, or its hash would be of another text
        return SolutionLine(
            line=command.line, text=redact(command.text), stdin=redact(command.stdin) if command.stdin else None
        )

    def _symptom(self) -> dict[str, Any] | None:
        symptom = self.scenario.symptom
        try:
            line = self.symptom_command.line
        except ValueError:
            return None  # the drill ends before its fault and says so
        return {"command": symptom.command, "pattern": symptom.pattern, "change": str(symptom.change), "line": line}

    def _monitored(self, read: Callable[[], T]) -> T:
        if self.alert_monitor.failure:
            raise DrillStopped(f"the alert monitor has failed: {self.alert_monitor.failure!r}")
        return read()


def prepared(  # noqa: PLR0913, PLR0917 - the parts of an arm
    scenario: Scenario, arm: Arm, system: System, folder: Path, listener: Listener, options: RunOptions
) -> Run:
    """Make the parts of an arm; its record in *folder* is opened, and nothing else begins yet.

    The arms of a cause make the same random draws: doing nothing is tried under the load of the solution.
    """
    incident, cause = scenario.row(system.runbook)
    draws.begin(options.seed, cause.id)
    record = Recorder(folder, system.redact)
    bounds = limits(system.runbook, incident, cause, system.time_scale, full_placebo=options.full_placebo)
    slow_s = _slow_s(system.runbook, incident, bounds)
    traffic, second_traffic = (
        _traffic(scenario, system, folder, name, slow_s, draws.sequence(options.seed, cause.id, name))
        for name in ("steady", "again")
    )
    alert_monitor = AlertMonitor(
        system.target.prometheus_url or "",
        incident,
        record,
        _Ticker(traffic, record, listener).tick,
        alerts=[other.alert.name for other in system.runbook.incidents],
        key_metrics=system.key_metrics,
    )
    return Run(
        scenario=scenario,
        fault=scenario.fault(),
        arm=arm,
        system=system,
        incident=incident,
        cause=cause,
        limits=bounds,
        record=record,
        listener=listener,
        traffic=traffic,
        second_traffic=second_traffic,
        alert_monitor=alert_monitor,
        options=options,
    )


def _typed(shell: Shell, command: Command) -> Ran:
    try:
        return shell.run(command.text, stdin=command.stdin)
    except ShellEnded as ended:
        return Ran(command.text, f"not typed, because {ended}", None, 0.0)


class _Ticker:
    """Records the traffic's rate about once a second and passes the metric on, on the alert monitor's thread."""

    def __init__(self, traffic: Traffic, record: Recorder, listener: Listener) -> None:
        self._traffic = traffic
        self._record = record
        self._listener = listener
        self._recorded_at = 0.0
        self._counted = Counts(0, 0, None)

    def tick(self, value: float | None, alert_state: str) -> None:
        self._listener.metric_seen(value, alert_state)
        now = time.monotonic()
        if not self._traffic.flows or now - self._recorded_at < TRAFFIC_EVERY_S:
            return
        self._recorded_at = now
        counts = self._traffic.counts()
        added, self._counted = counts.since(self._counted), counts
        self._record.write(
            "traffic",
            intended_rps=self._traffic.profile.rate_rps,
            achieved_rps=round(self._traffic.sent_rps(TRAFFIC_WINDOW_S), 2),
            failed_rps=round(self._traffic.failed_rps(TRAFFIC_WINDOW_S), 2),
            **asdict(added),
        )


def _traffic(  # noqa: PLR0913, PLR0917 - the parts of a traffic
    scenario: Scenario, system: System, folder: Path, name: str, slow_s: float | None, sequence: str
) -> Traffic:
    ledger, log = folder / f"ledger-{name}.jsonl", folder / "locust.log"
    suite = system.suite
    return Traffic(system.target.front_url, scenario.traffic, suite.locustfile, ledger, log, slow_s, sequence=sequence)


def _slow_s(runbook: Runbook, incident: Incident, bounds: Limits) -> float | None:
    """Return the longest answer (s) that the runbook's target for p95 allows, or None where it has none."""
    quantity = Quantity.RESPONSE_TIME_P95
    if incident.alert.quantity is quantity:
        return bounds.target.value
    return next((metric.target.value for metric in runbook.metrics if metric.quantity is quantity), None)


def _limit(threshold: Threshold) -> dict[str, Any]:
    return {"op": threshold.op, "value": threshold.value, "text": threshold.text}
