"""A release of the worker that keeps a picture of every page that it has read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.common.waiting import wait_until
from drills.drill.scenario import Confirmation, Fault
from drills.faults.container import memory_usage
from scenarios.helpers import large_pdfs, services, students

if TYPE_CHECKING:
    from drills.drill.system import System
    from drills.load.ledger import Promise

RELEASE = "1.1.0-leak"
PAGES = 12
"""About a MiB each for that release, so a booklet is a twentieth of a worker's memory."""
AT_ONCE = 6
CLOSE = 0.75
"""Part of the alert's threshold up to which booklets are uploaded several at a time."""
OVER = 1.04
MORE = 1.5
"""Booklets that are uploaded again, as a multiple of those that it took the first time."""
DEADLINE_S = 40.0


class WorkerMemoryLeak(Fault):
    """Upload booklets until a worker holds more than the alert allows; it never releases any of it.

    The students' own schedules have one page: they let a worker grow by some MiB a minute, so that it is not killed
    for its memory, and restarted, while the drill goes on.
    """

    name = "worker memory leak"

    def __init__(self) -> None:
        self._jobs: tuple[Promise, ...] = ()

    def prepare(self, system: System) -> None:
        """Deploy the release; it has read nothing yet."""
        services.deploy(system, "worker", RELEASE)

    def inject(self, system: System) -> None:
        """Upload until a worker is over the threshold."""
        wait_until(
            lambda: self._upload_some(system),
            done=lambda share: share >= memory_usage.limit(system) * OVER,
            deadline_s=DEADLINE_S,
            expected="a worker over the alert's threshold",
            where=f"the memory of the containers of {system.service('worker')}",
            next_step=f"docker logs {system.service('worker')} --tail 50",
        )

    def confirm(self, system: System) -> Confirmation:
        """Ask the kernel how much memory each worker holds."""
        return memory_usage.confirmation(system, "worker")

    def reapply_load(self, system: System) -> None:
        """Upload as the first time, at most half more booklets than then: the workers may share them otherwise."""
        most = len(self._jobs) * (1 + MORE)
        while len(self._jobs) < most and self._upload_some(system) < memory_usage.limit(system) * OVER:
            pass

    def worked_off(self, system: System) -> bool:
        """Ask Postgres whether all booklets were read: what is not read yet takes no memory."""
        return system.count_rows(students.OPEN, [promise.id for promise in self._jobs]) == 0

    def acknowledged(self) -> tuple[Promise, ...]:
        """Return the jobs of the booklets."""
        return self._jobs

    def _upload_some(self, system: System) -> float:
        """Upload some booklets, wait until they are read, and return the memory of the fuller worker as a ratio."""
        close = _fullest(system) >= memory_usage.limit(system) * CLOSE
        jobs = students.upload_together(system, large_pdfs.booklet(PAGES), 1 if close else AT_ONCE, large_pdfs.DESERVES)
        self._jobs += jobs
        students.await_end(system, jobs)
        return _fullest(system)


def _fullest(system: System) -> float:
    return max(memory_usage.shares(system, "worker"), default=0.0)
