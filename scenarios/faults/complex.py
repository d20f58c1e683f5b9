"""Schedules of whole faculties among those of students, and workers that give up on them and try again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from load.profiles import FACULTY_RUSH
from scenarios.faults import settings
from scenarios.faults.backlog import SmallCrew, text

if TYPE_CHECKING:
    from drills.drill.system import System

LATE = "was not read within"
BACKOFF_MS = 5000


class ComplexPdfs(SmallCrew):
    """Upload in a rush, some files so long that a small worker does not read them in the time allowed.

    Each of these takes its slot until the time is up, three times over, and is read in vain each time.
    """

    name = "complex pdfs"
    profile = FACULTY_RUSH
    anew = ("worker", "backend")

    def prepare(self, system: System) -> None:
        """Size the workers for students' own schedules; the time for a file is scaled as every window is.

        Files wait as long between their attempts as in production: some wait whenever a responder looks.
        """
        shipped_s = float(settings.value(system, "PARSER_TIMEOUT_S"))
        settings.change(
            system, PARSER_TIMEOUT_S=max(1, round(shipped_s / system.time_scale)), JOB_BACKOFF_MS=BACKOFF_MS
        )
        super().prepare(system)

    def confirm(self, system: System) -> Confirmation:
        """Read in the queue why jobs failed that will be tried again."""
        queue = f"bull:{system.stack.descriptor.queue}"
        with system.redis() as redis:
            reapply_load = [text(job) for job in redis.zrange(f"{queue}:delayed", 0, -1)]
            reasons = [text(redis.hget(f"{queue}:{job}", "failedReason")) for job in reapply_load]
        late = sum(LATE in reason for reason in reasons)
        return Confirmation(
            ok=late > 0,
            channel="reasons of failed attempts in Redis",
            expected="files that were not read in time",
            seen=f"{late} of {len(reapply_load)} that are tried again",
        )
