"""Keys in Redis that have to end: those that are kept for each client or job, and the locks of jobs."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from drills.checks import CheckFailed, CheckSuite, Observation, check, connect_redis
from drills.checks.health.queue import key, queue_keys
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    import redis

    from drills.checks import CheckContext

LOOKED_AT: Final = 5000
GONE: Final = -2
ENDLESS: Final = -1
"""What Redis answers for the time to live of a key that is not there, and of one without an end."""
MANY: Final = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""An address or a UUID: of a key with one of these in its name there is one for each client or each job."""
QUEUES: Final = "bull:"


@check(
    "keys that end",
    suite=CheckSuite.HEALTH,
    needs=("redis_url", "session_prefix"),
    expected="an end for every key that is kept for one client or one job",
    next_step="give the keys a time to live where the application stores them",
    level=3,
    incident=Quantity.RESOURCE_UTILIZATION,
    clauses=("EN-03",),
)
def keys_that_end(context: CheckContext) -> Observation:
    """Look for counters, blocks and copies that never expire: there is one more of them for each client and job."""
    with connect_redis(context.target) as store:
        found = [name for name in islice(store.scan_iter("*", count=1000), LOOKED_AT) if _is_one_of_many(context, name)]
        # Some set the end of a new key right after the key itself: a second look tells.
        endless = sorted(_endless(store, _endless(store, found)))
    if endless:
        raise CheckFailed(f"{len(endless)} of {len(found)} keys without an end, such as {endless[0]}")
    return Observation(f"{len(found)} keys, all with an end", {"temporary_keys": len(found)})


@check(
    "locks of ended jobs",
    suite=CheckSuite.HEALTH,
    needs=("redis_url", "queue"),
    expected="no lock of a job that no worker has, and an end for each lock",
    next_step="find the worker that made the lock, and delete the lock once that worker is gone",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(queue_keys,),
    clauses=("EN-04",),
)
def locks(context: CheckContext) -> str:
    """Compare the locks with the active jobs, both read in one transaction: a worker ends a job with its lock."""
    with connect_redis(context.target) as store:
        found = list(islice(store.scan_iter(key(context, "*:lock"), count=1000), LOOKED_AT))
        asking = store.pipeline()
        for name in found:
            asking.ttl(name)
        asking.lrange(key(context, "active"), 0, -1)
        *lives, active = asking.execute()
    held = {name: left_s for name, left_s in zip(found, lives, strict=True) if left_s != GONE}
    odd = [name for name, left_s in held.items() if left_s == ENDLESS or name.split(":")[-2] not in active]
    if odd:
        raise CheckFailed(f"{len(odd)} of {len(held)} locks hold no active job, or have no end, such as {min(odd)}")
    return f"{len(held)} locks, each of an active job"


def _is_one_of_many(context: CheckContext, name: str) -> bool:
    others = (QUEUES, str(context.target.session_prefix))  # other checks look at these
    return not name.startswith(others) and bool(MANY.search(name))


def _endless(store: redis.Redis, names: list[str]) -> list[str]:
    """Return those of the keys *names* that are there and have no end."""
    asking = store.pipeline(transaction=False)
    for name in names:
        asking.ttl(name)
    return [name for name, left_s in zip(names, asking.execute(), strict=True) if left_s == ENDLESS]
