"""One arm of a drill made of its real parts, except for the stack, which only keeps the lines typed at it."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from drills.drill.arm.head import head
from drills.drill.arm.listener import Listener
from drills.drill.arm.prepared import prepared
from drills.drill.arm.run import DrillStopped, Run
from drills.drill.arm.run_options import RunOptions
from drills.drill.scenario import Confirmation, Fault, Scenario
from drills.drill.suite import Suite
from drills.drill.system import System
from drills.load.profile import Profile
from drills.load.traffic import Traffic
from drills.record.recorder import Recorder
from drills.record.symptom import Symptom, SymptomChange
from drills.record.verdicts import Arm
from drills.sandbox import descriptor
from drills.sandbox.sandbox import Sandbox
from drills.sandbox.stack import Stack
from drills.sandbox.terminal import Ran
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import DESCRIPTOR
from tests.helpers.typed_shell import TypedShell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drills.load.ledger import Row
    from drills.record.events import AnyEvent
    from drills.sandbox.shell import Shell

T = TypeVar("T")

SYMPTOM = Symptom("as total", r"(\d+)", SymptomChange.GROWS)
RATE_RPS = 8.0
PROFILE = Profile("some", (("front_page", RATE_RPS),), timeout_s=5.0)
TIME_SCALE = 60.0
A_RUN = RunOptions("a run", seed=1, process=os.getpid())
STEP_S = 0.5


class TypedSandbox(Sandbox):
    """A sandbox without a container, which gives each line to *typed*."""

    def __init__(self, typed: Callable[..., Ran]) -> None:
        self._container = None
        self._typed = typed

    def run(self, line: str, *, stdin: str | None = None, limit_s: float | None = None) -> Ran:
        return self._typed(line, stdin=stdin, limit_s=limit_s)


class TypedStack(Stack):
    """A stack without containers: *after* is its snapshot once it was healed."""

    def __init__(self, folder: Path, before: dict[str, str], after: dict[str, str] | None = None) -> None:
        self.descriptor = descriptor.read(DESCRIPTOR)
        self.ca_file, self.engine_socket = folder / "authority.pem", folder / "engine.sock"
        self.sandbox = TypedSandbox(self.run)
        self._passwords = dict.fromkeys(self.descriptor.secrets, "password")
        self._before, self._after = before, before if after is None else after
        self.done: list[str] = []
        self.refuses_to_heal: Exception | None = None
        self.exit = 0

    def port(self, role: str) -> int:
        return 1 if role else 0

    def run(self, line: str, *, stdin: str | None = None, limit_s: float | None = None) -> Ran:  # noqa: ARG002
        self.done.append(line)
        return Ran(line, "printed", self.exit, 0.1)

    def shell(self) -> Shell:
        return TypedShell(self.run)

    def heal(self) -> None:
        self.done.append("heal")
        if self.refuses_to_heal:
            raise self.refuses_to_heal

    def snapshot(self) -> dict[str, str]:
        return self._after if "heal" in self.done else self._before


class SilentTraffic(Traffic):
    """Traffic that is never sent."""

    def __init__(self, folder: Path, sent_rps: float = RATE_RPS) -> None:
        super().__init__("http://127.0.0.1:1", PROFILE, folder / "locustfile.py", folder / "ledger", folder / "log")
        self._sent_rps = sent_rps
        self.stops = 0

    def load(self) -> None:
        pass

    def start(self, deadline_s: float = 0.0) -> None:
        pass

    def check(self) -> None:
        pass

    def stop(self) -> None:
        self.stops += 1

    def rows(self) -> list[Row]:
        return []

    def sent_rps(self, window_s: float) -> float:
        return self._sent_rps if window_s else 0.0


class QuietFault(Fault):
    """A fault that breaks nothing, is in effect at once, and counts how often it was stopped."""

    name = "quiet"

    def __init__(self) -> None:
        self.stops = 0

    def inject(self, system: System) -> None:
        pass

    def confirm(self, system: System) -> Confirmation:  # noqa: ARG002
        return Confirmation(ok=True, channel="a second channel", expected="broken", seen="broken")

    def stop(self) -> None:
        self.stops += 1


class SteppedRecorder(Recorder):
    """A record whose clock goes by steps, at each of which there is a sample: *bad* until a time, then *good*.

    It is bad again in the interval `bad_again`.
    """

    def __init__(self, folder: Path, good: float = 0.0, bad: float = 0.0) -> None:
        super().__init__(folder, str)
        self.at = self.bad_until_s = 0.0
        self.bad_again = (inf, inf)
        self._good, self._bad = good, bad

    @property
    def now(self) -> float:
        return self.at

    def step(self) -> None:
        self.at += STEP_S
        began_s, ended_s = self.bad_again
        bad = self.at < self.bad_until_s or began_s <= self.at < ended_s
        self.write("sample", value=self._bad if bad else self._good)


class Foretold(SteppedRecorder):
    """A record that shows each event once its time has come."""

    @property
    def events(self) -> tuple[AnyEvent, ...]:
        return tuple(event for event in super().events if event.t <= self.now)

    def step(self) -> None:
        self.at += STEP_S


@dataclass(frozen=True)
class SteppedRun(Run):
    """A run that waits by the steps of its record."""

    def wait(
        self,
        read: Callable[[], T],
        *,
        at_most_s: float,
        expected: str,
        next_step: str,
        done: Callable[[T], bool] = bool,
    ) -> T:
        record = self.record
        assert isinstance(record, SteppedRecorder)
        until_s = record.now + at_most_s
        while not done(value := read()):
            if record.now >= until_s:
                raise DrillStopped(f"expected {expected}; next: {next_step}")
            record.step()
        return value


def a_scenario(fault: Fault, cause: str = "5.1", **facts: Any) -> Scenario:
    usual: dict[str, Any] = {"traffic": PROFILE, "symptom": SYMPTOM, "restart_after_recovery": "backend"}
    return Scenario(cause, lambda: fault, **usual | facts)


def a_system(stack: Stack, redact: Callable[[str], str] = str) -> System:
    return System(stack, OWN_RUNBOOK, TIME_SCALE, redact, lambda _: None, Suite())


def a_run(  # noqa: PLR0913 - each keyword is a part that some test replaces
    folder: Path,
    scenario: Scenario | None = None,
    *,
    arm: Arm = Arm.DOCUMENTED,
    stack: Stack | None = None,
    listener: Listener | None = None,
    redact: Callable[[str], str] = str,
) -> Run:
    """Put a run together as an experiment does, without any traffic; its record has begun."""
    run = prepared(
        scenario or a_scenario(QuietFault()),
        arm,
        a_system(stack or TypedStack(folder, {}), redact),
        folder,
        listener or Listener(),
        A_RUN,
    )
    return replace(run, traffic=SilentTraffic(folder), second_traffic=SilentTraffic(folder))


def stepped(run: Run, record: SteppedRecorder, **parts: Any) -> SteppedRun:
    """Let *run* wait by the steps of *record*, which begins with what is drilled."""
    record.write("drill", t=0.0, **head(run))
    known = {field.name: getattr(run, field.name) for field in fields(Run)}
    return SteppedRun(**known | {"record": record} | parts)
