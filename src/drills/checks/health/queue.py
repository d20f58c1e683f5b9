"""Check the queue in Redis: its keys, and the workers that take jobs from it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import ResponseError

from drills.checks import CheckFailed, CheckSuite, Observation, Skipped, check, connect_redis
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    import redis

    from drills.checks import CheckContext


NEEDS: Final = ("redis_url", "queue")
IDLE_S: Final = 15.0
"""A worker asks for the next job at once, and again every 10 s; 5 s are a margin."""
TYPES: Final = {
    "id": "string",
    "meta": "hash",
    "events": "stream",
    "wait": "list",
    "active": "list",
    "prioritized": "zset",
    "delayed": "zset",
    "completed": "zset",
    "failed": "zset",
    "stalled-check": "string",
}
"""BullMQ's keys of a queue. Each exists only while it holds something, so none of them is required."""


@check(
    "queue keys",
    suite=CheckSuite.HEALTH,
    needs=NEEDS,
    expected="keys of the queue {queue} in Redis, each of the type that BullMQ gives it",
    next_step="list the keys bull:* in Redis, and compare their queue with {queue}, the target's",
    level=2,
    incident=Quantity.QUEUE_DEPTH,
)
def queue_keys(context: CheckContext) -> str:
    """Look for the queue itself: in a wrong database or under a wrong name, other checks would find nothing amiss.

    A queue that was never given a job has no keys either; then workers have to wait for the first one.
    """
    with connect_redis(context.target) as store:
        pipeline = store.pipeline(transaction=False)
        for name in TYPES:
            pipeline.type(key(context, name))
        found = dict(zip(TYPES, pipeline.execute(), strict=True))
        present = {name: kind for name, kind in found.items() if kind != "none"}
        if not present and _may_have_workers(context, store):
            raise Skipped("the queue has no keys; its workers may wait for the first job")
    if not present:
        raise CheckFailed(f"no key of a queue {context.target.queue}, and no worker of it")
    wrong = [f"{name} is a {kind}, not a {TYPES[name]}" for name, kind in present.items() if kind != TYPES[name]]
    if wrong:
        raise CheckFailed(", ".join(wrong))
    return f"{', '.join(present)}"


def _may_have_workers(context: CheckContext, store: redis.Redis) -> bool:
    """Whether the queue has workers, or this user may not list the clients of Redis."""
    try:
        return bool(workers_at(context, store))
    except ResponseError:
        return True


def key(context: CheckContext, name: str) -> str:
    """Return the key in Redis of a part of the target's queue."""
    return f"bull:{context.target.queue}:{name}"


@check(
    "workers",
    suite=CheckSuite.HEALTH,
    needs=NEEDS,
    expected="at least one worker of the queue {queue} at Redis that asks for jobs",
    next_step="read the log of the workers of {queue}, then start more of them",
    level=2,
    incident=Quantity.QUEUE_DEPTH,
)
def workers(context: CheckContext) -> Observation:
    """Look for the queue's workers: a worker's own health does not say which queue it takes jobs from."""
    with connect_redis(context.target) as store:
        try:
            found = workers_at(context, store)
        except ResponseError:
            raise Skipped("this user may not list the clients of Redis") from None
    if not found:
        raise CheckFailed(f"no client of Redis is a worker of {context.target.queue}")
    silence_s = context.target.deadline_s + IDLE_S  # while it is at a job, a worker asks for nothing
    alive = [host for host, idle_s in found.items() if idle_s <= silence_s]
    if not alive:
        raise CheckFailed(f"{len(found)} workers, none of which asked for a job in the last {silence_s:g} s")
    return Observation(f"workers at {len(alive)} addresses", {"workers": len(alive)})


def workers_at(context: CheckContext, store: redis.Redis) -> dict[str, float]:
    """Return the addresses of the queue's workers, and how long each has asked for nothing (s).

    A worker names its connections after the queue: plainly in Python, in base64 in Node; one with a name of its own
    adds that. Raises ResponseError where this user may not list clients.
    """
    found: dict[str, float] = {}
    for client in worker_connections(context, store):
        host = str(client.get("addr")).rpartition(":")[0]
        found[host] = min(found.get(host, float("inf")), _idle_s(client))
    return found


def worker_connections(context: CheckContext, store: redis.Redis) -> list[Mapping[str, Any]]:
    """Return the connections of the queue's workers as Redis lists them; each worker has one at least."""
    database = str(store.connection_pool.connection_kwargs.get("db") or 0)
    ours = (one for one in store.client_list() if _is_worker(str(one.get("name")), str(context.target.queue)))
    return [one for one in ours if str(one.get("db")) == database]


def _is_worker(name: str, queue: str) -> bool:
    own = {f"bull:{queue}", f"bull:{base64.b64encode(queue.encode()).decode()}"}
    return name in own or any(name.startswith(f"{prefix}:w:") for prefix in own)


def _idle_s(client: Mapping[str, Any]) -> float:
    """Return how long a client has asked for nothing (s); where Redis does not say, the client counts as silent."""
    text = str(client.get("idle", ""))
    return float(text) if text.isdigit() else float("inf")
