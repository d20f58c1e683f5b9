"""The queue's names and numbers, as both ends use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

if TYPE_CHECKING:
    from stack.services.common.settings import Stores

QUEUE = "pdf-processing"
PREFIX = "bull"
ATTEMPTS = 3
KEEP_FINISHED = 5000  # jobs kept in `completed` and in `failed`; older ones leave Redis, their rows stay


def key(name: str) -> str:
    """Return the Redis key of one part of the queue, e.g. `bull:pdf-processing:wait`."""
    return f"{PREFIX}:{QUEUE}:{name}"


def redis_client(stores: Stores, *, answer_within_s: float | None) -> Redis:
    """Return a client that connects on first use; None waits for an answer for ever (the worker's blocking wait).

    It never repeats a command on its own: an `add` sent twice would be two jobs.
    """
    return Redis(
        host=stores.redis_host,
        port=stores.redis_port,
        decode_responses=True,
        socket_connect_timeout=1.0,
        socket_timeout=answer_within_s,
        retry=Retry(NoBackoff(), 0),
        retry_on_error=[],
    )
