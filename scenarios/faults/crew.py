"""How fast a crew of workers is on this machine, and with that the load that is too much for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.common.waiting import wait_until
from load.profiles import RUSH
from load.upload_burst import UploadBurst

if TYPE_CHECKING:
    from drills.drill.system import System

SAMPLE = 16
"""Files to see the speed by; fewer than may wait in the smallest queue."""
SAMPLE_DEADLINE_S = 40.0
TOO_MUCH = 1.5
"""The load, as a multiple of the crew's speed: a crew two and a half times as large still has room to spare."""
ENDED = """SELECT count(*) FROM jobs WHERE id = ANY(%s::uuid[]) AND "completedAt" IS NOT NULL"""
PER_MINUTE = """
    SELECT 60 * (count(*) - 1) / extract(epoch FROM max("completedAt") - min("completedAt"))
    FROM jobs WHERE id = ANY(%s::uuid[])
"""


def too_much_rps(system: System) -> float:
    """Return the uploads a second that the crew cannot keep up with, as it is now; no other job may be under way.

    It is seen, not typed: the same share of a core reads twice as many files on one machine as on another.
    Raises WaitTimeout when the crew does not get its sample done.
    """
    with UploadBurst(system.target.front_url, RUSH) as few:
        few.send(SAMPLE)
        jobs = list(few.jobs)
    wait_until(
        lambda: system.count_rows(ENDED, jobs),
        done=lambda ended: ended == SAMPLE,
        deadline_s=SAMPLE_DEADLINE_S,
        expected=f"{SAMPLE} files read, to see how fast the crew is",
        where="table jobs",
        next_step="docker logs pdf-worker --tail 50",
    )
    return TOO_MUCH * system.count_rows(PER_MINUTE, jobs) / 60
