"""Schedules of whole faculties before those of students, and workers that abandon them and try again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from drills.faults.configuration import settings
from load.profiles import FACULTY_BURST, Content
from load.upload_burst import UploadBurst
from scenarios.faults.not_enough_workers import NotEnoughWorkers
from scenarios.helpers import job_queue

if TYPE_CHECKING:
    from drills.drill.system import System
    from drills.load.ledger import Promise

FIRST = 12
"""Files that are so long, at the head of the queue: three for each slot of the one worker."""
LATE = "was not read within"
BACKOFF_MS = 5000


class ComplexPdfs(NotEnoughWorkers):
    """Upload files so long that a small worker does not read them in the time allowed, and a burst behind them.

    Each of these takes its slot until the time is up, three times over, and is read in vain each time. A few more come
    with the burst, whatever is done about it.
    """

    name = "complex pdfs"
    profile = FACULTY_BURST
    recreated = ("worker", "backend")

    def __init__(self) -> None:
        super().__init__()
        self._first: tuple[Promise, ...] = ()

    def prepare(self, system: System) -> None:
        """Allow a file the time that suits a student's schedule, scaled as every window is.

        Files wait as long between their attempts as in production, so that some wait whenever a responder looks.
        """
        shipped_s = float(settings.read(system, "PARSER_TIMEOUT_S"))
        settings.change(
            system, PARSER_TIMEOUT_S=max(1, round(shipped_s / system.time_scale)), JOB_BACKOFF_MS=BACKOFF_MS
        )
        super().prepare(system)

    def inject(self, system: System) -> None:
        """Begin with the long files, so that each slot is taken while the queue fills."""
        with UploadBurst(system.target.front_url, replace(self.profile, usual=Content.FACULTY)) as long_files:
            long_files.send(FIRST)
            self._first = long_files.promises
        super().inject(system)

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

    def acknowledged(self) -> tuple[Promise, ...]:
        """Return every upload that was accepted; the long files must be read as well."""
        return (*self._first, *super().acknowledged())
