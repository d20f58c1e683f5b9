"""A few hundred students who upload again and again because nothing comes back."""

from __future__ import annotations

from itertools import cycle
from math import ceil
from typing import TYPE_CHECKING

from drills.common.client_addresses import random_address, random_addresses
from drills.drill.scenario import Confirmation
from load.upload_burst import UploadBurst
from scenarios.faults import settings
from scenarios.faults.backlog import OVERFILL, SmallCrew, threshold

if TYPE_CHECKING:
    from drills.drill.system import System

SHIPPED_LIMIT = "RATE_LIMIT_UPLOADS_PER_MINUTE"
MINUTE_S = 60
REFUSED = 10
"""So many uploads are not refused by chance: the limit as shipped refuses none of the spike."""
REPEATED = """
    SELECT count(*) FROM jobs WHERE owner IN (SELECT owner FROM jobs GROUP BY owner HAVING count(*) > 1)
"""


class Spike(SmallCrew):
    """Students who reload the page and upload the same schedule once more, all of them at a time."""

    name = "traffic spike"

    def __init__(self) -> None:
        super().__init__()
        self._students = cycle([random_address()])
        self._refused_before = 0

    def prepare(self, system: System) -> None:
        """Size the crew, and the students, each of whom uploads as often as the limit as shipped allows in a minute.

        They do so one student after the other, and the next time a minute later: whichever minute a tighter limit is
        counted in, it keeps some out at once.
        """
        super().prepare(system)
        height = threshold(system) * OVERFILL
        self._rate_rps = max(self._rate_rps, height / MINUTE_S)
        allowed = int(settings.value(system, SHIPPED_LIMIT))
        students = random_addresses(ceil((height + self._rate_rps * MINUTE_S) / allowed))
        self._students = cycle([student for student in students for _ in range(allowed)])

    def inject(self, system: System) -> None:
        """Fill the queue, and go on; nobody has been kept out so far."""
        super().inject(system)
        self._refused_before = self._refused

    def confirm(self, system: System) -> Confirmation:
        """Ask Postgres how many uploads came from addresses that uploaded more than once."""
        repeated = system.count_rows(REPEATED)
        return Confirmation(
            ok=repeated > threshold(system) / 2,
            channel="table jobs",
            expected=f"more than {threshold(system) / 2:.0f} uploads from addresses that repeat themselves",
            seen=f"{repeated} of them",
        )

    def solution_applied(self, system: System) -> Confirmation:  # noqa: ARG002 - the students know what they were told
        """Ask the students whether the limit keeps some out: ten workers alone may bring the metric back."""
        refused = self._refused - self._refused_before
        return Confirmation(
            ok=refused >= REFUSED,
            channel="limit of uploads",
            expected=f"the {REFUSED} or more that a tighter limit keeps out",
            seen=f"{refused} uploads refused",
        )

    @property
    def _refused(self) -> int:
        return self._rush.refused if self._rush else 0

    def _rush_at(self, system: System) -> UploadBurst:
        self._rush = UploadBurst(system.target.front_url, self.profile, lambda: next(self._students))
        return self._rush
