"""Redis, asked by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from checks.probe import Room, probe
from checks.reading import Unexpected

if TYPE_CHECKING:
    from checks.target import Target
    from checks.visit import Visit


@probe(
    "redis",
    room=Room.HEALTH,
    needs="redis_url",
    expected="PONG and maxmemory-policy noeviction",
    next_step="read the memory section of Redis' INFO",
    level=1,
    incident=3,
    essential=True,
)
def redis_store(visit: Visit) -> str:
    """Ask Redis whether it answers, and whether it may throw away jobs when its memory is full."""
    with connect_redis(visit.target) as store:
        if not store.ping():
            raise Unexpected("PING without PONG")
        policy = dict(store.config_get("maxmemory-policy")).get("maxmemory-policy")
    if policy != "noeviction":
        raise Unexpected(f"maxmemory-policy {policy}, which evicts queued jobs")
    return "PONG, noeviction"


def connect_redis(target: Target) -> redis.Redis:
    """Return a client of the target's Redis that gives up after `target.timeout_s` and does not try again."""
    assert target.redis_url
    return redis.Redis.from_url(
        target.redis_url,
        socket_timeout=target.timeout_s,
        socket_connect_timeout=target.timeout_s,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
    )
