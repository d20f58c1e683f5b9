"""Workers that do not keep up, in a deployment that refuses uploads rather than let them wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from drills.faults.configuration import settings
from scenarios.helpers import job_queue, services, worker_capacity
from scenarios.helpers.upload_backlog import UploadBacklog

if TYPE_CHECKING:
    from drills.drill.system import System

WORKER_CPUS = 0.15
"""Share of a core that each worker may use, so that five of them leave the rest of the machine alone."""
SHARE = 0.75
"""Of the load that is too much for the workers; the ordinary traffic of this drill uploads the rest. With more, five
workers would be above the limit of their small share of a core themselves."""
MAX_WAITING = 20
"""Jobs that may wait: a second or two of work, far below the queue's own target."""


class WorkerOverloaded(UploadBacklog):
    """Upload faster than the workers work, without an end; uploads beyond the queue's limit are answered 503."""

    name = "worker overloaded"

    def prepare(self, system: System) -> None:
        """Make the workers small, and let the backend refuse uploads while the queue is at its limit."""
        settings.change(system, QUEUE_MAX_WAITING=MAX_WAITING)
        services.small_workers(system, WORKER_CPUS)
        services.recreate(system, "backend", "worker")
        self._rate_rps = SHARE * worker_capacity.too_much_rps(system)

    def inject(self, system: System) -> None:
        """Begin to upload, and go on."""
        self._new_burst(system).go_on(self._rate_rps)

    def confirm(self, system: System) -> Confirmation:
        """Ask Redis whether as many jobs wait as may."""
        with system.redis() as redis:
            waiting = int(redis.llen(job_queue.key(system, "wait")))
        return Confirmation(
            ok=waiting >= MAX_WAITING, channel="Redis LLEN", expected=f"{MAX_WAITING} waiting jobs", seen=str(waiting)
        )
