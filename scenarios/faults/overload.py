"""Workers that do not keep up, in a deployment that refuses uploads rather than let them wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from scenarios.faults import crew, settings
from scenarios.faults.backlog import Backlog

if TYPE_CHECKING:
    from drills.drill.system import System

CREW_CPUS = 0.1
"""Share of a core that each worker may use, so that five of them leave room for whatever else runs."""
ROOM = 20
"""Jobs that may wait: a second or two of work, far below the queue's own target."""


class OverloadedWorkers(Backlog):
    """Upload faster than the workers work, without an end; whom the queue has no room for is answered 503."""

    name = "overloaded workers"

    def prepare(self, system: System) -> None:
        """Size the workers for a quiet day, and let the backend refuse what they will not get to."""
        settings.change(system, QUEUE_MAX_WAITING=ROOM)
        settings.small_workers(system, CREW_CPUS)
        settings.apply(system, "backend", "worker")
        self._rate_rps = crew.too_much_rps(system)

    def inject(self, system: System) -> None:
        """Begin to upload, and go on."""
        self._rush_at(system).go_on(self._rate_rps)

    def confirm(self, system: System) -> Confirmation:
        """Ask Redis whether as many jobs wait as may."""
        with system.redis() as redis:
            waiting = int(redis.llen(f"bull:{system.stack.descriptor.queue}:wait"))
        return Confirmation(
            ok=waiting >= ROOM, channel="Redis LLEN", expected=f"{ROOM} waiting jobs", seen=str(waiting)
        )
