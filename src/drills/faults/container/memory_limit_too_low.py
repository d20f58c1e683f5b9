"""A memory limit below what a service needs to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault
from drills.faults.configuration import settings

if TYPE_CHECKING:
    from drills.drill.system import System

CREATE = "docker-compose up -d --no-deps {name}"
STATE = "docker inspect -f 'killed for its memory: {{{{.State.OOMKilled}}}}, restarts: {{{{.RestartCount}}}}' {name}"
KILLED = "killed for its memory: true"


class MemoryLimitTooLow(Fault):
    """Set the memory limit of the service in *role* to *limit*; the kernel kills it each time the engine starts it.

    *setting* is the line of `.env` that holds the limit, *limit* is in Compose's notation (`40m`).
    """

    name = "memory limit too low"

    def __init__(self, role: str, setting: str, limit: str) -> None:
        self._role = role
        self._setting = setting
        self._limit = limit

    def inject(self, system: System) -> None:
        """Lower the limit in the settings, and create the container from them."""
        settings.change(system, **{self._setting: self._limit})
        system.stack.sandbox.check_output(CREATE.format(name=system.service(self._role)))

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine whether the kernel killed the process."""
        seen = system.stack.sandbox.run(STATE.format(name=system.service(self._role))).output.strip()
        return Confirmation(ok=seen.startswith(KILLED), channel="docker inspect", expected=KILLED, seen=seen)
