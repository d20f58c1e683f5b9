"""Check the jobs of the queue: how long they wait, and whether a worker holds each job that was begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drills.checks import CheckFailed, CheckSuite, Observation, check, connect_redis
from drills.checks.health.queue import NEEDS, key, queue_keys
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    import redis

    from drills.checks import CheckContext


LOOKED_AT: Final = 100
"""How many waiting jobs are read at either end of the queue; the oldest ones are at one of the ends."""
ACTIVE_LOOKED_AT: Final = 1000


@check(
    "oldest job",
    suite=CheckSuite.HEALTH,
    needs=NEEDS,
    expected="no job that has waited longer than a whole job may take",
    next_step="count the workers of {queue}, and read their logs",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(queue_keys,),
)
def oldest_job(context: CheckContext) -> Observation:
    """Read how long the oldest job has waited, on the clock of Redis; the queue's length does not say that."""
    with connect_redis(context.target) as store:
        ids = _waiting(context, store)
        pipeline = store.pipeline(transaction=False)
        for job in ids:
            pipeline.hget(key(context, job), "timestamp")
        added = [float(ms) / 1000 for ms in pipeline.execute() if str(ms).isdigit()]  # None: begun meanwhile
        seconds, micros = store.time()
        still = ids & _waiting(context, store)
    if not added:
        if still:
            raise CheckFailed(f"{len(still)} jobs wait that say not since when, such as {min(still)}")
        return Observation("no job waits", {"oldest_job_seconds": 0.0})
    age_s = max(0.0, seconds + micros / 1e6 - min(added))
    if age_s > context.target.deadline_s:
        raise CheckFailed(f"a job has waited {age_s:.0f} s, {context.target.deadline_s:g} s are allowed")
    return Observation(f"the oldest has waited {age_s:.1f} s", {"oldest_job_seconds": age_s})


@check(
    "stalled jobs",
    suite=CheckSuite.HEALTH,
    needs=NEEDS,
    expected="each active job to be locked by a worker",
    next_step="find the workers that crashed or hang; their jobs return to the queue at the next stalled check",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(queue_keys,),
)
def stalled_jobs(context: CheckContext) -> Observation:
    """Look for jobs that were begun and that no worker holds.

    A worker takes and leaves a job together with its lock, in one script. So a job that is active and has no lock, both
    read in one transaction, has stalled; a job that just ended cannot look like that.
    """
    with connect_redis(context.target) as store:
        first = store.lrange(key(context, "active"), 0, ACTIVE_LOOKED_AT - 1)
        pipeline = store.pipeline()
        for job in first:
            pipeline.exists(key(context, f"{job}:lock"))
        pipeline.lrange(key(context, "active"), 0, -1)
        *locked, now = pipeline.execute()
    stalled = sorted(job for job, lock in zip(first, locked, strict=True) if not lock and job in set(now))
    if stalled:
        raise CheckFailed(f"{len(stalled)} of {len(now)} active jobs without a lock, such as {stalled[0]}")
    return Observation(f"{len(now)} active, each with its lock" if now else "no job is active", {"stalled_jobs": 0})


def _waiting(context: CheckContext, store: redis.Redis) -> set[str]:
    """Return the jobs at both ends of the lists in which jobs wait."""
    pipeline = store.pipeline()
    for first, last in ((0, LOOKED_AT - 1), (-LOOKED_AT, -1)):
        pipeline.lrange(key(context, "wait"), first, last)
        pipeline.zrange(key(context, "prioritized"), first, last)
    # Older versions keep markers among the jobs, which all begin with 0: and wait for nothing.
    return {job for jobs in pipeline.execute() for job in jobs if not job.startswith("0:")}
