"""Check Redis directly: it answers, has memory left, keeps what is written, and its settings are safe."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import redis

from drills.checks import CheckFailed, CheckSuite, Kind, Observation, Skipped, check, connect_redis, new_tag
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import CheckContext
    from drills.runbook.model import Metric

KEY: Final = "synthetic:{}"
KEY_S: Final = 60  # a key of the check that is not removed expires
SESSIONS_LOOKED_AT: Final = 2000
MIB: Final = 1024 * 1024


@check(
    "redis",
    suite=CheckSuite.HEALTH,
    needs="redis_url",
    expected="PONG",
    next_step="read the log of Redis",
    level=1,
    incident=Quantity.RESOURCE_UTILIZATION,
    essential=True,
)
def redis_store(context: CheckContext) -> str:
    """Ask Redis whether it answers."""
    with connect_redis(context.target) as store:
        try:
            if not store.ping():
                raise CheckFailed("PING without PONG")
        except redis.exceptions.NoPermissionError:
            return "an answer; this user may not PING"
    return "PONG"


@check(
    "redis policy",
    suite=CheckSuite.HEALTH,
    needs="redis_url",
    expected="maxmemory-policy noeviction",
    next_step="CONFIG SET maxmemory-policy noeviction, and correct the settings it was started with",
    level=2,
    incident=Quantity.RESOURCE_UTILIZATION,
    essential=True,
)
def redis_policy(context: CheckContext) -> str:
    """Ask whether Redis may evict jobs when its memory is full."""
    with connect_redis(context.target) as store:
        policy = _setting(store, "maxmemory-policy") or store.info("memory").get("maxmemory_policy")
    if policy is None:
        raise Skipped("neither CONFIG nor INFO says which policy Redis has")
    if policy != "noeviction":
        raise CheckFailed(f"maxmemory-policy {policy}, which evicts queued jobs")
    return "noeviction"


@check(
    "redis memory",
    suite=CheckSuite.HEALTH,
    needs="redis_url",
    expected="a maxmemory, and a used share of it that the runbook allows",
    next_step="find the largest keys, then raise maxmemory",
    level=3,
    incident=Quantity.RESOURCE_UTILIZATION,
)
def redis_memory(context: CheckContext) -> Observation:
    """Compare the used share of Redis' memory with the runbook's target.

    Without a maxmemory there is no share, and the runbook's alert on it can never fire: Redis would grow until the
    kernel kills it, with the queue in it. So it is a failure.
    """
    target = _memory_metric(context).target
    with connect_redis(context.target) as store:
        memory = store.info("memory")
    used, limit = memory.get("used_memory"), memory.get("maxmemory")
    if not isinstance(used, int) or not isinstance(limit, int):
        raise CheckFailed("INFO memory without used_memory or maxmemory")
    if limit == 0:
        raise CheckFailed(f"maxmemory 0: {used / MIB:.1f} MiB used of no limit, so no alert warns before it is full")
    text = f"{used / limit:.1%} of {limit / MIB:.0f} MiB"
    if not target.satisfied_by(used / limit):
        raise CheckFailed(f"{text}, instead of {target.text}")
    return Observation(text, {"memory_share": used / limit})


@check(
    "redis persistence",
    suite=CheckSuite.HEALTH,
    needs="redis_url",
    expected="an append-only file that is written, and no failed save",
    next_step="read the log of Redis, and the free space of its disk (`df -h`)",
    level=2,
    incident=Quantity.RESOURCE_UTILIZATION,
)
def redis_persistence(context: CheckContext) -> Observation:
    """Ask whether accepted jobs would survive a restart of Redis."""
    with connect_redis(context.target) as store:
        info = store.info("persistence")
        fsync = _setting(store, "appendfsync")
    if info.get("aof_enabled") != 1:
        raise CheckFailed("no append-only file: a restart loses every job that waits")
    states = ("aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status")
    failed = [f"{name} {info.get(name)}" for name in states if info.get(name) != "ok"]
    if failed:
        raise CheckFailed(", ".join(failed))
    if fsync is None:
        return Observation("append-only file, last write ok", remarks=("this user may not read appendfsync",))
    if fsync not in ("everysec", "always"):
        raise CheckFailed(f"appendfsync {fsync}, which leaves it to the kernel when a job is safe")
    return Observation(f"append-only file, {fsync}, last write ok")


@check(
    "redis write",
    suite=CheckSuite.HEALTH,
    needs="redis_url",
    expected="a key that is written, read back with its time to live, and deleted",
    next_step="read the memory and persistence sections of Redis' INFO",
    level=2,
    incident=Quantity.ERROR_RATE,
    writes=True,
)
def redis_write(context: CheckContext) -> str:
    """Write, read and delete a key of the check's own."""
    tag = new_tag()
    key = KEY.format(tag)
    context.artifacts.note(Kind.KEY, key)
    with connect_redis(context.target) as store:
        store.set(key, tag, ex=KEY_S)
        pipeline = store.pipeline()
        pipeline.get(key)
        pipeline.ttl(key)
        pipeline.delete(key)
        found, left_s, deleted = pipeline.execute()
    if found != tag or deleted != 1:
        raise CheckFailed(f"wrote {tag}, read {found}, deleted {deleted}")
    if not 0 < left_s <= KEY_S:
        raise CheckFailed(f"{tag} with a time to live of {left_s} s instead of {KEY_S} s")
    return f"{tag} written, read back and deleted"


@check(
    "session keys",
    suite=CheckSuite.HEALTH,
    needs=("redis_url", "session_prefix"),
    expected="every key of a session to end by itself",
    next_step="give each session a time to live where the application stores it",
    level=3,
    incident=Quantity.RESOURCE_UTILIZATION,
)
def session_keys(context: CheckContext) -> str:
    """Look for sessions that never expire, among at most SESSIONS_LOOKED_AT of them."""
    with connect_redis(context.target) as store:
        keys = list(islice(store.scan_iter(f"{context.target.session_prefix}*", count=1000), SESSIONS_LOOKED_AT))
        pipeline = store.pipeline(transaction=False)
        for key in keys:
            pipeline.ttl(key)
        lives = pipeline.execute()
    alive = [left_s for left_s in lives if left_s != -2]  # noqa: PLR2004  (Redis: gone since)
    if not alive:
        raise Skipped("no session is open right now")
    endless = alive.count(-1)
    if endless:
        raise CheckFailed(f"{endless} of {len(alive)} sessions without a time to live")
    return f"{len(alive)} sessions, all with a time to live"


def _setting(store: redis.Redis, name: str) -> str | None:
    """Return a setting; None where this user may not read it, as at most providers of Redis."""
    try:
        found: str | None = dict(store.config_get(name)).get(name)
    except redis.ResponseError:
        return None
    return found


def _memory_metric(context: CheckContext) -> Metric:
    """Return the runbook's key metric of memory."""
    shares = [metric for metric in context.runbook.metrics if metric.quantity is Quantity.RESOURCE_UTILIZATION]
    found = [metric for metric in shares if "memory" in metric.name.lower()]
    if not found:
        raise Skipped("the runbook has no key metric of memory")
    return found[0]
