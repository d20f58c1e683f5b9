"""Those who take jobs from the queue, seen where they take them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import NoPermissionError

from drills.checks.definition import CheckSuite, check
from drills.checks.health.redis import connect_redis, redis_store
from drills.checks.result import CheckFailed, Observation, Skipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    import redis

    from drills.checks.context import CheckContext

SILENCE_S: Final = 75.0
"""The contract: a file takes at most 60 s; BullMQ asks for the next at once, and again every 10 s. 5 s are for luck."""


@check(
    "workers",
    suite=CheckSuite.HEALTH,
    needs="redis_url",
    expected="at least one worker of the queue at Redis, and a sign of life from it",
    next_step="read the pdf-worker's log, then start more of them",
    level=2,
    incident=4,
    after=(redis_store,),
)
def workers(context: CheckContext) -> Observation:
    """Look for those who take jobs; a worker's own health says nothing of the queue that it takes them from."""
    with connect_redis(context.target) as store:
        try:
            found = workers_at(context, store)
        except NoPermissionError:
            raise Skipped("this user may not list the clients of Redis") from None
    if not found:
        raise CheckFailed(f"no client of Redis is a worker of {context.target.queue}")
    alive = [host for host, idle_s in found.items() if idle_s <= SILENCE_S]
    if not alive:
        raise CheckFailed(f"{len(found)} workers, none with a sign of life in the last {SILENCE_S:g} s")
    return Observation(f"workers at {len(alive)} addresses", {"workers": len(alive)})


def workers_at(context: CheckContext, store: redis.Redis) -> dict[str, float]:
    """Return the addresses of the queue's workers, and how long each has asked for nothing (s).

    A worker names its connections after the queue: plainly in Python, in base64 in Node; one with a name of its own
    adds that. Raises NoPermissionError where that is hidden from us.
    """
    database = store.connection_pool.connection_kwargs.get("db") or 0
    found: dict[str, float] = {}
    for one in store.client_list():
        if _is_worker(str(one.get("name")), context.target.queue) and str(one.get("db")) == str(database):
            host = str(one.get("addr")).rpartition(":")[0]
            found[host] = min(found.get(host, float("inf")), _idle_s(one))
    return found


def _is_worker(name: str, queue: str) -> bool:
    own = {f"bull:{queue}", f"bull:{base64.b64encode(queue.encode()).decode()}"}
    return name in own or any(name.startswith(f"{one}:w:") for one in own)


def _idle_s(one: Mapping[str, Any]) -> float:
    """Return how long a client has asked for nothing (s); Redis that does not say so is taken for a silent one."""
    text = str(one.get("idle", ""))
    return float(text) if text.isdigit() else float("inf")
