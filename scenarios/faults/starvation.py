"""A memory limit that somebody lowered below what the service needs to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault
from scenarios.faults import settings

if TYPE_CHECKING:
    from drills.drill.system import System

TOO_LITTLE = "40m"
"""Less than half of what the backend holds when it is idle, so the kernel kills it while it starts."""
ANEW = "docker-compose up -d --no-deps {name}"
STATE = "docker inspect -f 'killed for its memory: {{{{.State.OOMKilled}}}}, restarts: {{{{.RestartCount}}}}' {name}"
KILLED = "killed for its memory: true"


class Starvation(Fault):
    """Give the backend a limit it cannot live in; Docker starts it again and again, the kernel kills it each time."""

    name = "memory limit too low"

    def inject(self, system: System) -> None:
        """Lower the limit in the settings and create the container from them, as such a change is made."""
        settings.change(system, BACKEND_MEMORY=TOO_LITTLE)
        system.stack.sandbox.check_output(ANEW.format(name=system.service("backend")))

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine whether the kernel killed it."""
        seen = system.stack.run(STATE.format(name=system.service("backend"))).output.strip()
        return Confirmation(ok=seen.startswith(KILLED), channel="docker inspect", expected=KILLED, seen=seen)
