"""Schedules of whole faculties among those of students, and workers that abandon them and try again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from drills.faults.configuration import settings
from load.profiles import FACULTY_BURST
from scenarios.faults.not_enough_workers import NotEnoughWorkers
from scenarios.helpers import job_queue

if TYPE_CHECKING:
    from drills.drill.system import System

LATE = "was not read within"
BACKOFF_MS = 5000


class ComplexPdfs(NotEnoughWorkers):
    """Upload in a burst, some files so long that a small worker does not read them in the time allowed.

    Each of these takes its slot until the time is up, three times over, and is read in vain each time.
    """

    name = "complex pdfs"
    profile = FACULTY_BURST
    recreated = ("worker", "backend")

    def prepare(self, system: System) -> None:
        """Allow a file the time that suits a student's schedule, scaled as every window is.

        Files wait as long between their attempts as in production, so that some wait whenever a responder looks.
        """
        shipped_s = float(settings.read(system, "PARSER_TIMEOUT_S"))
        settings.change(
            system, PARSER_TIMEOUT_S=max(1, round(shipped_s / system.time_scale)), JOB_BACKOFF_MS=BACKOFF_MS
        )
        super().prepare(system)

    def confirm(self, system: System) -> Confirmation:
        """Read in the queue why the jobs failed that will be tried again."""
        with system.redis() as redis:
            delayed = [job_queue.text(job) for job in redis.zrange(job_queue.key(system, "delayed"), 0, -1)]
            reasons = [job_queue.text(redis.hget(job_queue.key(system, job), "failedReason")) for job in delayed]
        late = sum(LATE in reason for reason in reasons)
        return Confirmation(
            ok=late > 0,
            channel="reasons of failed attempts in Redis",
            expected="files that were not read in time",
            seen=f"{late} of {len(delayed)} that are tried again",
        )
