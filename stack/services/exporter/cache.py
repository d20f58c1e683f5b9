"""Ask Redis how much of its own limit it uses: it refuses writes at that limit, long before the container's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

if TYPE_CHECKING:
    from stack.services.exporter.sampler import Sample

ANSWER_S = 1.0


class CacheError(Exception):
    """Redis did not answer."""


class Cache:
    """Reads Redis' memory at each `samples`."""

    def __init__(self, host: str, port: int) -> None:
        self._redis = Redis(
            host=host, port=port, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S, retry=Retry(NoBackoff(), 0)
        )

    def samples(self) -> list[Sample]:
        """Return used_memory over maxmemory, nothing where there is no limit; raises CacheError."""
        try:
            memory = self._redis.info("memory")
        except (RedisError, OSError) as error:
            raise CacheError(f"{type(error).__name__}: {error}") from error
        limit = memory["maxmemory"]
        return [("redis_memory_share", None, memory["used_memory"] / limit)] if limit else []
