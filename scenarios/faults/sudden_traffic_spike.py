"""A few hundred students who upload again and again because no result appears."""

from __future__ import annotations

from itertools import cycle
from math import ceil
from typing import TYPE_CHECKING

from drills.common.client_addresses import random_address, random_addresses
from drills.drill.scenario import Confirmation
from drills.faults.configuration import settings
from load.upload_burst import UploadBurst
from scenarios.faults.not_enough_workers import NotEnoughWorkers
from scenarios.helpers.upload_backlog import OVERFILL, may_wait

if TYPE_CHECKING:
    from drills.drill.system import System

SHIPPED_LIMIT = "RATE_LIMIT_UPLOADS_PER_MINUTE"
MINUTE_S = 60
REFUSED = 10
"""So many uploads are not refused by chance: the limit as shipped refuses none of the spike."""
REPEATED = """
    SELECT count(*) FROM jobs WHERE owner IN (SELECT owner FROM jobs GROUP BY owner HAVING count(*) > 1)
"""


class SuddenTrafficSpike(NotEnoughWorkers):
    """Let students reload the page and upload the same schedule once more, all of them at a time."""

    name = "sudden traffic spike"

    def __init__(self) -> None:
        super().__init__()
        self._addresses = cycle([random_address()])
        self._refused_before = 0

    def prepare(self, system: System) -> None:
        """Set up the worker, and the students, each of whom uploads as often as the shipped limit allows in a minute.

        They do so one student after the other, and the next time a minute later: in whichever minute a tighter limit
        is counted, it refuses some at once.
        """
        super().prepare(system)
        first = may_wait(system) * OVERFILL
        self._rate_rps = max(self._rate_rps, first / MINUTE_S)
        allowed = int(settings.read(system, SHIPPED_LIMIT))
        addresses = random_addresses(ceil((first + self._rate_rps * MINUTE_S) / allowed))
        self._addresses = cycle([address for address in addresses for _ in range(allowed)])

    def inject(self, system: System) -> None:
        """Fill the queue, and go on; refusals count from now on."""
        super().inject(system)
        self._refused_before = self._refused

    def confirm(self, system: System) -> Confirmation:
        """Ask Postgres how many uploads came from addresses that uploaded more than once."""
        repeated = system.count_rows(REPEATED)
        return Confirmation(
            ok=repeated > may_wait(system) / 2,
            channel="table jobs",
            expected=f"more than {may_wait(system) / 2:.0f} uploads from addresses that repeat themselves",
            seen=f"{repeated} of them",
        )

    def solution_applied(self, system: System) -> Confirmation:  # noqa: ARG002 - the clients have counted the answers
        """Count the uploads that a tighter limit refused: ten workers alone may bring the metric back."""
        refused = self._refused - self._refused_before
        return Confirmation(
            ok=refused >= REFUSED,
            channel="limit of uploads",
            expected=f"the {REFUSED} or more that a tighter limit refuses",
            seen=f"{refused} uploads refused",
        )

    @property
    def _refused(self) -> int:
        return self._burst.refused if self._burst else 0

    def _new_burst(self, system: System) -> UploadBurst:
        self._burst = UploadBurst(system.target.front_url, self.profile, lambda: next(self._addresses))
        return self._burst
