"""A worker that is set up to take more jobs at a time than its memory can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from checks import schedules
from drills.common.waiting import wait_until
from drills.drill.scenario import Confirmation, Fault
from scenarios.faults import residence, settings, students

if TYPE_CHECKING:
    from drills.drill.system import System

SLOTS = 11
PARSER_MEMORY_MIB = 128
"""With a limit of its own each file is read in a child process, which stays: about 24 MiB for each job at a time."""
WAVE = 16
DEADLINE_S = 40.0


class ManySlots(Fault):
    """Give one worker the slots of three, and use them all at once: each keeps the memory of its own process."""

    name = "too many slots"

    def __init__(self) -> None:
        self._jobs: tuple[str, ...] = ()

    def prepare(self, system: System) -> None:
        """Set the worker up; a quiet day never uses more than two or three of its slots."""
        settings.change(system, WORKER_REPLICAS=1, WORKER_CONCURRENCY=SLOTS, PARSER_MEMORY_MB=PARSER_MEMORY_MIB)
        settings.apply(system, "worker")

    def inject(self, system: System) -> None:
        """Upload more schedules at once than there are slots."""
        wait_until(
            lambda: self._wave(system),
            done=lambda confirmation: confirmation.ok,
            deadline_s=DEADLINE_S,
            expected="a worker over the alert's threshold",
            where="the memory of the pdf-worker",
            next_step="docker logs pdf-worker --tail 50",
        )

    def confirm(self, system: System) -> Confirmation:
        """Ask the kernel."""
        return residence.confirmation(system, "worker")

    def reapply_load(self, system: System) -> None:
        """Upload as many at once again."""
        self._wave(system)

    def acknowledged(self) -> tuple[str, ...]:
        """Return the jobs of the waves."""
        return self._jobs

    def _wave(self, system: System) -> Confirmation:
        jobs = students.together(system, schedules.faculty_pdf(uuid4().hex[:8].upper()), WAVE)
        self._jobs += jobs
        students.await_end(system, jobs)
        return self.confirm(system)
