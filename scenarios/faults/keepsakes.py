"""A release of the worker that keeps a picture of every page it ever read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.common.waiting import wait_until
from drills.drill.scenario import Confirmation, Fault
from scenarios.faults import pdfs, residence, students

if TYPE_CHECKING:
    from drills.drill.system import System

RELEASE = "1.1.0-leak"
PAGES = 12
"""About a MiB each for that release, so a booklet is a twentieth of a worker's memory."""
HURRY = 6
CLOSE = 0.75
"""Part of the alert's threshold up to which booklets come several at a time."""
OVER = 1.04
DEADLINE_S = 40.0


class Keepsakes(Fault):
    """Upload booklets until a worker holds more than the alert allows; it never gives any of it back.

    The students' own schedules have one page: they let a worker grow by some MiB a minute, so that it does not run out
    of memory, and into a restart, while somebody watches.
    """

    name = "leaky worker"

    def __init__(self) -> None:
        self._jobs: tuple[str, ...] = ()

    def prepare(self, system: System) -> None:
        """Deploy the release; it has read nothing yet."""
        system.stack.sandbox.check_output(f"./scripts/deploy.sh {system.service('worker')} {RELEASE}")

    def inject(self, system: System) -> None:
        """Upload until there is enough to remember."""
        wait_until(
            lambda: self._some(system),
            done=lambda share: share >= residence.threshold(system) * OVER,
            deadline_s=DEADLINE_S,
            expected="a worker over the alert's threshold",
            where="the memory of the pdf-workers",
            next_step="docker logs pdf-worker --tail 50",
        )

    def confirm(self, system: System) -> Confirmation:
        """Ask the kernel."""
        return residence.confirmation(system, "worker")

    def reapply_load(self, system: System) -> None:
        """Upload as many booklets as it took the first time."""
        for _ in range(0, len(self._jobs), HURRY):
            self._jobs += students.together(system, pdfs.booklet(PAGES), HURRY)

    def acknowledged(self) -> tuple[str, ...]:
        """Return the jobs of the booklets."""
        return self._jobs

    def _some(self, system: System) -> float:
        """Upload some more, wait until they are read, and return what the fuller worker holds."""
        full = max(residence.shares(system, "worker"), default=0.0) >= residence.threshold(system) * CLOSE
        jobs = students.together(system, pdfs.booklet(PAGES), 1 if full else HURRY)
        self._jobs += jobs
        students.await_end(system, jobs)
        return max(residence.shares(system, "worker"), default=0.0)
