"""The night before a deadline: a burst of uploads fills the queue, and a trickle that workers just miss keeps it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from load.profiles import DEADLINE
from scenarios.faults import settings
from scenarios.faults.backlog import Backlog

if TYPE_CHECKING:
    from scenarios.drill.site import Site

WORKER_CPUS = 0.1
"""Share of a core that each worker may use: two of them read fewer schedules than come, ten of them far more."""


class Deadline(Backlog):
    """Upload until the queue is deeper than its alert allows, and go on at a rate that keeps it so.

    The workers are healthy and small. Students who wait for their schedule wait as long as the queue is deep.
    """

    name = "deadline"
    profile = DEADLINE

    def prepare(self, site: Site) -> None:
        """Make the workers small."""
        settings.change(site, WORKER_CPUS=WORKER_CPUS)
        settings.apply(site, "worker")
