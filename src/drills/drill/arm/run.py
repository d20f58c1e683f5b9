"""One arm of one drill while it runs: all that its phases share."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from drills.common.waiting import WaitTimeout, wait_until
from drills.drill.scenario import symptom_command
from drills.record.verdicts import Arm
from drills.runbook.model import Command
from drills.sandbox.shell import ShellEnded
from drills.sandbox.terminal import Ran

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.drill.arm.limits import Limits
    from drills.drill.arm.listener import Listener, Phase
    from drills.drill.arm.run_options import RunOptions
    from drills.drill.observation.alert_monitor import AlertMonitor
    from drills.drill.scenario import Fault, Scenario
    from drills.drill.system import System
    from drills.load.traffic import Traffic
    from drills.record.recorder import Recorder
    from drills.runbook.model import Cause, Incident
    from drills.sandbox.shell import Shell

T = TypeVar("T")

POLL_S = 0.25


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
        return self._recorded(Command(0, text), self.system.stack.sandbox.run(text), purpose)

    def command(self, command: Command, purpose: str, *, when: str | None = None, shell: Shell | None = None) -> Ran:
        """Type one documented command into *shell*, or else into one of its own, and record what it printed."""
        with ExitStack() as own:
            typed = _typed(shell or own.enter_context(self.system.stack.shell()), command)
        return self._recorded(command, typed, purpose, when)

    def in_one_shell(
        self, commands: tuple[Command, ...], purpose: str, *, when: str | None = None, shell: Shell | None = None
    ) -> None:
        """Type the commands of one step as a responder does, so that what one of them sets holds for the next.

        They are typed into *shell*, or else into one that is opened for them.
        """
        with ExitStack() as own:
            typed_into = shell or (own.enter_context(self.system.stack.shell()) if commands else None)
            for command in commands:
                self.command(command, purpose, when=when, shell=typed_into)

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

    def _monitored(self, read: Callable[[], T]) -> T:
        if self.alert_monitor.failure:
            raise DrillStopped(f"the alert monitor has failed: {self.alert_monitor.failure!r}")
        return read()


def _typed(shell: Shell, command: Command) -> Ran:
    try:
        return shell.run(command.text, stdin=command.stdin)
    except ShellEnded as ended:
        return Ran(command.text, f"not typed, because {ended}", None, 0.0)
