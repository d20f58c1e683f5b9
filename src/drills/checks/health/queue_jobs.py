"""The jobs inside the queue: how long they wait, and whether somebody is at those that were begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drills.checks.definition import Room, probe
from drills.checks.health.queue import key, queue_keys
from drills.checks.health.redis import connect_redis
from drills.checks.result import Seen, Unexpected

if TYPE_CHECKING:
    import redis

    from drills.checks.context import Visit

LOOKED_AT: Final = 100
"""Waiting jobs looked at, at either end of the queue; those who wait longest are at one of them."""
ACTIVE_LOOKED_AT: Final = 1000


@probe(
    "oldest job",
    room=Room.HEALTH,
    needs="redis_url",
    expected="no job that has waited longer than an upload may take",
    next_step="look at the workers' logs and their number",
    level=3,
    incident=4,
    after=(queue_keys,),
)
def oldest_job(visit: Visit) -> Seen:
    """Look how long the first in the queue has waited, on the clock of Redis; the queue's length does not tell."""
    with connect_redis(visit.target) as store:
        ids = _waiting(visit, store)
        asking = store.pipeline(transaction=False)
        for job in ids:
            asking.hget(key(visit, job), "timestamp")
        added = [float(ms) / 1000 for ms in asking.execute() if str(ms).isdigit()]  # None: begun meanwhile
        seconds, micros = store.time()
        still = ids & _waiting(visit, store)
    if not added:
        if still:
            raise Unexpected(f"{len(still)} jobs wait that say not since when, such as {min(still)}")
        return Seen("no job waits", {"oldest_job_seconds": 0.0})
    age_s = max(0.0, seconds + micros / 1e6 - min(added))
    if age_s > visit.target.deadline_s:
        raise Unexpected(f"a job has waited {age_s:.0f} s, {visit.target.deadline_s:g} s are allowed")
    return Seen(f"the oldest has waited {age_s:.1f} s", {"oldest_job_seconds": age_s})


@probe(
    "stalled jobs",
    room=Room.HEALTH,
    needs="redis_url",
    expected="each active job to be locked by a worker",
    next_step="look for workers that crashed or hang; their jobs return to the queue at the next stalled check",
    level=3,
    incident=4,
    after=(queue_keys,),
)
def stalled_jobs(visit: Visit) -> Seen:
    """Look for jobs that were begun and that nobody works on.

    A worker takes and leaves a job together with its lock, in one script. So a job that is active and has no lock, both
    read in one transaction, has stalled: one that just ended cannot be taken for one, and no second look is needed.
    """
    with connect_redis(visit.target) as store:
        first = store.lrange(key(visit, "active"), 0, ACTIVE_LOOKED_AT - 1)
        asking = store.pipeline()
        for job in first:
            asking.exists(key(visit, f"{job}:lock"))
        asking.lrange(key(visit, "active"), 0, -1)
        *locked, now = asking.execute()
    stalled = sorted(job for job, lock in zip(first, locked, strict=True) if not lock and job in set(now))
    if stalled:
        raise Unexpected(f"{len(stalled)} of {len(now)} active jobs without a lock, such as {stalled[0]}")
    return Seen(f"{len(now)} active, each with its lock" if now else "no job is active", {"stalled_jobs": 0})


def _waiting(visit: Visit, store: redis.Redis) -> set[str]:
    """Return the jobs at both ends of the lists in which jobs wait."""
    asking = store.pipeline()
    for first, last in ((0, LOOKED_AT - 1), (-LOOKED_AT, -1)):
        asking.lrange(key(visit, "wait"), first, last)
        asking.zrange(key(visit, "prioritized"), first, last)
    # Older versions keep markers among the jobs, which all begin with 0: and wait for nothing.
    return {job for jobs in asking.execute() for job in jobs if not job.startswith("0:")}
