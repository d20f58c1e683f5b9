"""How many files a second the workers read on this machine; a helper, and no fault itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.common.waiting import wait_until
from drills.faults.configuration import settings
from load.profiles import BURST
from load.upload_burst import UploadBurst

if TYPE_CHECKING:
    from drills.drill.system import System

SAMPLE = 16
"""Files to measure the speed by; fewer than may wait in the smallest queue."""
SAMPLES = 2
"""The fastest sample counts: what else the machine does slows the workers, and nothing makes them faster."""
SAMPLE_DEADLINE_S = 40.0
TOO_MUCH = 1.5
"""The load, as a multiple of the workers' speed: two and a half times as many workers still have capacity to spare."""
ENDED = """SELECT count(*) FROM jobs WHERE id = ANY(%s::uuid[]) AND "completedAt" IS NOT NULL"""
PER_MINUTE = """
    SELECT 60 * (count(*) - 1) / extract(epoch FROM max("completedAt") - min("completedAt"))
    FROM (SELECT "completedAt" FROM jobs WHERE id = ANY(%s::uuid[]) ORDER BY "completedAt" OFFSET %s) AS followed
"""


def too_much_rps(system: System) -> float:
    """Return the uploads a second that the workers cannot keep up with, as they are now; no other job may be under way.

    It is measured: the same share of a core reads twice as many files on one machine as on another.
    Raises WaitTimeout when the workers do not get a sample done.
    """
    return TOO_MUCH * max(_files_per_s(system) for _ in range(SAMPLES))


def _files_per_s(system: System) -> float:
    with UploadBurst(system.target.front_url, BURST) as sample:
        sample.send_at_once(SAMPLE)
        jobs = list(sample.jobs)
    wait_until(
        lambda: system.count_rows(ENDED, jobs),
        done=lambda ended: ended == SAMPLE,
        deadline_s=SAMPLE_DEADLINE_S,
        expected=f"{SAMPLE} files read, to measure how fast the workers are",
        where="table jobs",
        next_step=f"docker logs {system.service('worker')} --tail 50",
    )
    # The files that a worker reads at a time end together: only what follows on them tells how fast it is.
    together = int(settings.read(system, "WORKER_CONCURRENCY"))
    return system.count_rows(PER_MINUTE, jobs, together - 1) / 60
