"""One arm of one drill while it runs: all that its phases share."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from textwrap import shorten
from typing import TYPE_CHECKING, Any, TypeVar

import allure

from drills.common.waiting import WaitTimeout, wait_until
from drills.drill.diagnosis import symptom_command
from drills.record.verdicts import Arm
from drills.runbook.model import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.drill.alert_monitor import AlertMonitor
    from drills.drill.console import Console
    from drills.drill.limits import Limits
    from drills.drill.scenario import Fault, Scenario
    from drills.drill.system import System
    from drills.load.traffic import Traffic
    from drills.record.recorder import Recorder
    from drills.runbook.model import Cause, Incident
    from drills.sandbox.terminal import Ran

T = TypeVar("T")

POLL_S = 0.25
NAME_LENGTH = 120


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
    console: Console
    traffic: Traffic
    second_traffic: Traffic
    alert_monitor: AlertMonitor

    @contextmanager
    def phase(self, name: str, at_most_s: float) -> Iterator[None]:
        """Hold a phase: in the record, on the console and as a step of the report."""
        self.console.phase(name, at_most_s)
        with allure.step(f"{self.arm}: {name}"), self.record.phase(name):
            yield

    def wait(
        self,
        read: Callable[[], T],
        *,
        at_most_s: float,
        expected: str,
        next_step: str,
        done: Callable[[T], bool] = bool,
    ) -> T:
        """Wait until *done* accepts what *read* returns, while the console shows the metric, and return it.

        Raises DrillStopped when the time is up or the watch has died.
        """
        try:
            return wait_until(
                lambda: self._look(read),
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
    def patience(self, phase: str | None = None) -> Iterator[None]:
        """Let a wait inside run out without an end of the drill; *phase* has the failure recorded as its own."""
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

    def type_line(self, text: str, purpose: str) -> Ran:
        """Type a line that is not documented, at the stack, and keep what came back."""
        return self.command(Command(0, text), purpose)

    def command(self, command: Command, purpose: str, *, when: str | None = None) -> Ran:
        """Type one documented command at the stack and keep what came back, in the record and in the report."""
        done = self.system.stack.run(command.text, stdin=command.stdin)
        facts: dict[str, Any] = {"line": command.line, "text": command.text, "exit": done.exit}
        if command.stdin:
            facts["stdin"] = command.stdin
        self.record.write(
            "command", purpose=purpose, when=when, seconds=round(done.seconds, 3), output=done.output, **facts
        )
        allure.attach(
            self.system.redact(f"{done.output}\n— exit {done.exit} after {done.seconds:.2f} s"),
            name=self.system.redact(shorten(f"line {command.line}: {command.text}", NAME_LENGTH)),
            attachment_type=allure.attachment_type.TEXT,
        )
        return done

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
            "finding": self.scenario.finding,
            "symptom": self._sign(),
            "runbook": {"file": self.system.runbook.path.name, "sha256": self.system.runbook.sha256},
        }

    def _sign(self) -> dict[str, Any] | None:
        symptom = self.scenario.symptom
        try:
            line = symptom_command(self.incident, symptom).line
        except ValueError:
            return None  # the drill ends before its fault and says so
        return {"command": symptom.command, "pattern": symptom.pattern, "change": str(symptom.change), "line": line}

    def _look(self, read: Callable[[], T]) -> T:
        if self.alert_monitor.failure:
            raise DrillStopped(f"the watch on Prometheus has died: {self.alert_monitor.failure!r}")
        return read()


def _limit(threshold: Any) -> dict[str, Any]:
    return {"op": threshold.op, "value": threshold.value, "text": threshold.text}
