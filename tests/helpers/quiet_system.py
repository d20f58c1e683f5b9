"""A system without containers: its descriptor and its runbook are real, its sandbox keeps the lines typed at it."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from drills import Suite, System, runbook
from drills.sandbox import descriptor
from drills.sandbox.descriptor_tables import Queue
from drills.sandbox.sandbox import CPU_SHARES, Sandbox
from drills.sandbox.stack import Stack
from drills.sandbox.terminal import Ran
from tests.helpers.paths import DESCRIPTOR, RUNBOOK
from tests.helpers.typed_shell import TypedShell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drills.sandbox.shell import Shell

REFERENCE = descriptor.read(DESCRIPTOR)
RENAMED = REFERENCE.model_copy(
    update={
        "roles": {role: f"a-{role.replace('_', '-')}" for role in REFERENCE.roles},
        "database_table": REFERENCE.database.model_copy(update={"name": "app", "user": "owner"}),
        "queue_table": Queue(name="tasks"),
    }
)
"""The reference stack with another name for every service, for the database, its user and the queue."""


class QuietSandbox(Sandbox):
    """Every line succeeds, and prints what *answers* says of the first of its keys that the line contains."""

    def __init__(self, answers: Mapping[str, str] = MappingProxyType({})) -> None:
        self._container = None
        self._answers = answers
        self.lines: list[str] = []
        self.cpu_shares: list[int] = []

    def run(self, line: str, *, stdin: str | None = None, limit_s: float | None = None) -> Ran:
        del stdin, limit_s
        self.lines.append(line)
        return Ran(line, next((self._answers[part] for part in self._answers if part in line), ""), 0, 0.0)

    def shell(self) -> Shell:
        return TypedShell(self.run)

    def set_cpu_shares(self, cpu_shares: int = CPU_SHARES) -> None:
        self.cpu_shares.append(cpu_shares)

    def host_port(self, port: int) -> int:
        return port


def quiet_system(about: descriptor.Descriptor | None = None, sandbox: QuietSandbox | None = None) -> System:
    """Return a system of the reference stack's descriptor, or of *about*; its files would be in a folder of no use."""
    about = about or REFERENCE
    stack = Stack(about, sandbox or QuietSandbox(), dict.fromkeys(about.secrets, "secret"), Path("unused"))
    return System(stack, runbook.load(RUNBOOK), time_scale=60.0, redact=str, say=lambda _: None, suite=Suite())
