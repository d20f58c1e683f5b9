"""One small worker under a load that needs several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.faults.configuration import settings
from scenarios.helpers import services, worker_capacity
from scenarios.helpers.upload_backlog import UploadBacklog

if TYPE_CHECKING:
    from drills.drill.system import System

WORKER_CPUS = 0.15
"""Share of a core that each worker may use: it reads five to fourteen short files a second, as machines differ."""


class NotEnoughWorkers(UploadBacklog):
    """Upload faster than one small worker works."""

    name = "not enough workers"
    recreated: tuple[str, ...] = ("worker",)
    """Roles whose containers are created anew with the settings of the preparation."""

    def undo(self, system: System) -> tuple[str, ...]:
        """Remove all workers: scaling down, Compose may keep any of the replicas, and would recreate the first ones."""
        return (services.remove_line(system, "worker"),)

    def prepare(self, system: System) -> None:
        """Set up one worker, and measure how fast it is."""
        settings.change(system, WORKER_REPLICAS=1)
        services.small_workers(system, WORKER_CPUS)
        services.recreate(system, *self.recreated)
        self._rate_rps = worker_capacity.too_much_rps(system)
