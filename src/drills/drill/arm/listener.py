"""Listeners to a drill while it runs, and the listener that prints to the console."""

from __future__ import annotations

import time
from textwrap import wrap
from typing import TYPE_CHECKING, Literal, get_args

from drills.common.threshold import in_unit
from drills.common.visible import visible
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.common.threshold import Threshold
    from drills.record.judge import Judgement
    from drills.runbook.model import Command
    from drills.sandbox.terminal import Ran

Phase = Literal[
    "prepare",
    "steady",
    "quiet",
    "inject",
    "confirm",
    "detect",
    "diagnose",
    "resolve",
    "recover",
    "verify",
    "settle",
    "audit",
    "durability",
    "teardown",
]
PHASE_WIDTH = max(map(len, get_args(Phase)))
ARM_WIDTH = max(map(len, Arm))
EVERY_S = 5.0


class Listener:
    """Receives the events of a drill's arms; a method that is not overridden ignores its event.

    `metric_seen` is called on the alert monitor's thread, everything else on the drill's. Secrets are masked already.
    """

    def arm_began(self, cause: str, arm: Arm, target: Threshold, threshold: Threshold) -> None:
        """Receive that one arm of the drill of *cause* begins."""

    def phase_began(self, phase: Phase, at_most_s: float) -> None:
        """Receive that a phase begins, which takes at most *at_most_s* seconds."""

    def phase_ended(self, phase: Phase, error: BaseException | None) -> None:
        """Receive that a phase is over; *error* is what ended it early."""

    def metric_seen(self, value: float | None, alert_state: str) -> None:
        """Receive the metric and the alert's state, about twice a second; *value* is in base units, None is no data."""

    def command_ran(self, command: Command, ran: Ran) -> None:
        """Receive a command that was typed at the stack, and its outcome."""

    def arm_judged(self, judgement: Judgement) -> None:
        """Receive the verdict of an arm, after the stack was healed."""

    def say(self, text: str) -> None:
        """Receive a line of text for the person who watches the run."""


class Listeners(Listener):
    """Passes each event to several listeners, in their order."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def arm_began(self, cause: str, arm: Arm, target: Threshold, threshold: Threshold) -> None:
        """Pass the event on."""
        for listener in self._listeners:
            listener.arm_began(cause, arm, target, threshold)

    def phase_began(self, phase: Phase, at_most_s: float) -> None:
        """Pass the event on."""
        for listener in self._listeners:
            listener.phase_began(phase, at_most_s)

    def phase_ended(self, phase: Phase, error: BaseException | None) -> None:
        """Pass the event on."""
        for listener in self._listeners:
            listener.phase_ended(phase, error)

    def metric_seen(self, value: float | None, alert_state: str) -> None:
        """Pass the event on."""
        for listener in self._listeners:
            listener.metric_seen(value, alert_state)

    def command_ran(self, command: Command, ran: Ran) -> None:
        """Pass the event on."""
        for listener in self._listeners:
            listener.command_ran(command, ran)

    def arm_judged(self, judgement: Judgement) -> None:
        """Pass the event on."""
        for listener in self._listeners:
            listener.arm_judged(judgement)

    def say(self, text: str) -> None:
        """Pass the event on."""
        for listener in self._listeners:
            listener.say(text)


class Console(Listener):
    """Prints a line at each change of phase and every few seconds between, through *write*.

    *columns* is the width of the terminal in characters, None where there is none: a line that would be longer says
    less, and what is said in words is broken between them.
    """

    def __init__(self, write: Callable[[str], None], columns: int | None = None) -> None:
        self._write = write
        self._columns = columns
        self._title = self._limits = self._unit = self._phase = ""
        self._began = self._until = self._printed = 0.0

    def arm_began(self, cause: str, arm: Arm, target: Threshold, threshold: Threshold) -> None:
        """Put the cause and the arm before each line from now on, and start the arm's clock."""
        self._title = f"{cause} {arm:<{ARM_WIDTH}}"
        self._unit = target.unit
        self._limits = f"alert {threshold.in_unit}, target {target.in_unit}"
        self._phase = "…"
        self._began = self._until = time.monotonic()

    def phase_began(self, phase: Phase, at_most_s: float) -> None:
        """Print the next metric at once, with the new phase."""
        self._phase, self._until, self._printed = phase, time.monotonic() + at_most_s, 0.0

    def metric_seen(self, value: float | None, alert_state: str) -> None:
        """Print the metric beside its limits, all in one unit, the alert's state and the clock when a line is due."""
        now = time.monotonic()
        if now - self._printed < EVERY_S:
            return
        self._printed = now
        shown = "no data" if value is None else in_unit(value, self._unit)
        at_s, left_s = now - self._began, max(0.0, self._until - now)
        phase = f"{self._phase:<{PHASE_WIDTH}}"
        self._write(
            self._fitting(
                (self._title, phase, f"{shown} ({self._limits})", alert_state, _clock(at_s, left_s)),
                (self._title, phase, shown, alert_state, f"{at_s:.0f} s"),
                (self._title.strip(), self._phase, shown, alert_state, f"{at_s:.0f} s"),
            )
        )

    def arm_judged(self, judgement: Judgement) -> None:
        """Print the verdict and its reason."""
        self.say(f"{judgement.verdict}: {judgement.reason}")

    def say(self, text: str) -> None:
        """Print what is said of this drill, broken where the terminal ends."""
        line = visible(f"{self._title} │ {text}")
        for part in wrap(line, self._columns, subsequent_indent="  ") if self._columns else (line,):
            self._write(part)

    def _fitting(self, *forms: tuple[str, ...]) -> str:
        """Return the first of the *forms*, the longest one first, that fits; the end of the last one is cut off."""
        lines = [" │ ".join(form) for form in forms]
        if self._columns is None:
            return lines[0]
        lines.append(" ".join(forms[-1]))
        return next((line for line in lines if len(line) <= self._columns), lines[-1])[: self._columns]


def _clock(at_s: float, left_s: float) -> str:
    return f"{at_s:.0f} s, {left_s:.0f} s left at most"
