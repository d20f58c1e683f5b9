"""A worker that is set up to take more jobs at a time than its memory can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import schedules
from drills.common.draws import token
from drills.common.waiting import wait_until
from drills.drill.scenario import Confirmation, Fault
from drills.faults.configuration import settings
from drills.faults.container import memory_usage
from load.expected_end import OF_CONTENT
from load.profiles import Content
from scenarios.helpers import services, students

if TYPE_CHECKING:
    from drills.drill.system import System
    from drills.load.ledger import Promise

SLOTS = 11
PARSER_MEMORY_MIB = 128
"""With a limit of its own each file is read in a child process, which stays: about 24 MiB for each job at a time."""
UPLOADS = 16
DEADLINE_S = 40.0


class TooManyConcurrentJobs(Fault):
    """Give one worker the slots of three, and use them all at once: each keeps the memory of its own process."""

    name = "too many concurrent jobs"

    def __init__(self) -> None:
        self._jobs: tuple[Promise, ...] = ()

    def prepare(self, system: System) -> None:
        """Set the worker up; ordinary traffic never uses more than two or three of its slots."""
        settings.change(system, WORKER_REPLICAS=1, WORKER_CONCURRENCY=SLOTS, PARSER_MEMORY_MB=PARSER_MEMORY_MIB)
        services.recreate(system, "worker")

    def inject(self, system: System) -> None:
        """Upload more schedules at once than there are slots."""
        wait_until(
            lambda: self._upload_all(system),
            done=lambda confirmation: confirmation.ok,
            deadline_s=DEADLINE_S,
            expected="a worker over the alert's threshold",
            where=f"the memory of the container of {system.service('worker')}",
            next_step=f"docker logs {system.service('worker')} --tail 50",
        )

    def confirm(self, system: System) -> Confirmation:
        """Ask the kernel how much memory the worker holds."""
        return memory_usage.confirmation(system, "worker")

    def reapply_load(self, system: System) -> None:
        """Upload as many at once again."""
        self._upload_all(system)

    def acknowledged(self) -> tuple[Promise, ...]:
        """Return the jobs of all uploads."""
        return self._jobs

    def _upload_all(self, system: System) -> Confirmation:
        jobs = students.upload_together(system, schedules.faculty_pdf(token()), UPLOADS, OF_CONTENT[Content.FACULTY])
        self._jobs += jobs
        students.await_end(system, jobs)
        return self.confirm(system)
