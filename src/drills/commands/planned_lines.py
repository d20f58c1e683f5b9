"""The lines that a drill would type at its sandbox, each with its place in runbook, descriptor or fault."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from drills.drill.system import System
from drills.record.verdicts import Arm
from drills.sandbox.errors import SandboxError
from drills.sandbox.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.drill.scenario import Fault, Scenario
    from drills.drill.suite import Suite
    from drills.runbook import Runbook
    from drills.runbook.model import Command
    from drills.sandbox.descriptor import Descriptor

PLACEBO_LINE = "sleep SECONDS"
"""What the placebo types instead of a solution, for as long as that took in the documented arm."""


@dataclass(frozen=True)
class PlannedLine:
    """One line, why it is typed, and where it is written; `stdin` is what is typed into the program it opens."""

    purpose: str
    text: str
    where: str
    stdin: str | None = None


class _NotStarted(Stack):
    """A stack of which there is a descriptor and nothing else."""

    def __init__(self, about: Descriptor) -> None:
        self.descriptor = about

    def __getattr__(self, name: str) -> NoReturn:
        raise SandboxError(f"a line that undoes a fault asks for {name!r} of a stack that is not started")


def not_started(about: Descriptor, runbook: Runbook, suite: Suite) -> System:
    """Return a system that knows the names in its descriptor; raises SandboxError for what only a running one knows."""
    return System(_NotStarted(about), runbook, 1.0, redact=str, say=lambda _: None, suite=suite)


def planned_lines(scenario: Scenario, arm: Arm, system: System) -> Iterator[PlannedLine]:
    """Yield the lines of one *arm* in the order in which they are first typed; the fault's own code is not among them.

    Raises RunbookError for a scenario of a row that the runbook does not have, SandboxError where a line needs a role
    that the descriptor does not name.
    """
    incident, cause = scenario.row(system.runbook)
    file, about = _shown(system.runbook.path), system.stack.descriptor
    yield from _documented(
        "investigation", (command for step in incident.investigation for command in step.commands), file
    )
    if arm is Arm.PLACEBO:
        yield PlannedLine("placebo", PLACEBO_LINE, f"{file}:{cause.line}")
    else:
        yield from _documented("solution", cause.original if arm is Arm.ORIGINAL else cause.commands, file)
        yield from _documented("verification", incident.verification, file)
    if arm is Arm.DOCUMENTED:
        yield PlannedLine("restart", about.restart_line(scenario.restart_after_recovery), table(about, "restart"))
    fault = scenario.fault()
    for text in fault.undo(system):
        yield PlannedLine("undo", text, code_of(fault, "undo"))


def stack_lines(about: Descriptor) -> Iterator[PlannedLine]:
    """Yield the descriptor's own lines: at the boot of a sandbox, and around each arm."""
    certificate = (about.certificate.line,) if about.certificate else ()
    groups = {"boot": about.boot.lines, "certificate": certificate}
    groups |= {"snapshot": about.snapshot.lines, "heal": about.heal.lines}
    for name, lines in groups.items():
        for text in lines:
            yield PlannedLine(name, text, table(about, name))


def code_of(fault: Fault, member: str) -> str:
    """Return file and line of a member of a fault's class."""
    function = inspect.unwrap(getattr(type(fault), member))
    return f"{_shown(Path(inspect.getfile(function)))}:{inspect.getsourcelines(function)[1]}"


def table(about: Descriptor, name: str) -> str:
    """Return file and line of a table of the descriptor."""
    lines = about.path.read_text(encoding="utf-8").splitlines()
    number = next((number for number, line in enumerate(lines, 1) if line.strip() == f"[{name}]"), 1)
    return f"{_shown(about.path)}:{number}"


def _documented(purpose: str, commands: Iterable[Command], file: str) -> Iterator[PlannedLine]:
    for command in commands:
        yield PlannedLine(purpose, command.text, f"{file}:{command.line}", command.stdin)


def _shown(path: Path) -> str:
    """Return the path as a person at the working folder writes it."""
    here = Path.cwd()
    return str(path.resolve().relative_to(here)) if path.resolve().is_relative_to(here) else str(path)
