"""A cache that was filled without a limit until Redis refuses every write."""

from __future__ import annotations

import threading
from math import inf
from typing import TYPE_CHECKING
from uuid import uuid4

from redis.exceptions import OutOfMemoryError, RedisError

from drills.common.waiting import wait_until
from drills.drill.scenario import Confirmation, Fault
from scenarios.faults import settings, uploads

if TYPE_CHECKING:
    from redis import Redis

    from drills.drill.system import System

BLOCK = b"\0" * 100_000
CRUMB = b"\0" * 400
CRUMB_EVERY_S = 0.02
KEY = "cache:result:"
WAITING_JOBS = 3
BACKOFF_MS = 5000
RETRY_DEADLINE_S = 4.0


class CacheMemory(Fault):
    """Fill Redis up to its maxmemory with cached results, and go on writing as a busy cache would.

    Without the second part, keys that expire would make room and the stack would seem to heal by itself. At
    400 bytes each 20 ms the cache needs an hour to fill 64 MiB again, so it does not undo a documented cure.
    """

    name = "cache memory"
    undo: tuple[str, ...] = ()  # healing empties Redis

    def __init__(self) -> None:
        self._jobs: tuple[str, ...] = ()
        self._blocks = 0
        self._stop = threading.Event()
        self._writer: threading.Thread | None = None

    def prepare(self, system: System) -> None:
        """Make the backend's container anew: what its log says of an earlier arm would hide this one.

        Jobs wait as long between their attempts as in production, which is time enough to fill Redis under them.
        """
        settings.change(system, JOB_BACKOFF_MS=BACKOFF_MS)
        settings.apply(system, "backend")

    def inject(self, system: System) -> None:
        """Leave some jobs waiting for their next attempt, then fill Redis: blocks first, crumbs after them."""
        self._jobs = uploads.corrupt(system, WAITING_JOBS)
        _await_retries(system)
        with system.redis() as redis:
            self._blocks = fill(redis, BLOCK)
            fill(redis, CRUMB)
        self._writer = threading.Thread(target=self._keep_full, args=(system,), name="cache", daemon=True)
        self._writer.start()

    def confirm(self, system: System) -> Confirmation:
        """Redis itself tells how much it uses, and refuses a write."""
        with system.redis() as redis:
            memory = redis.info("memory")
            refused = _refuses(redis)
        return Confirmation(
            ok=refused,
            channel="redis INFO memory and a write",
            expected="a refused write at maxmemory",
            seen=f"{memory['used_memory_human']} of {memory['maxmemory_human']}, refused: {refused}",
        )

    def reapply_load(self, system: System) -> None:
        """Cache as much as filled it the first time; one that still has no limit may be full again."""
        with system.redis() as redis:
            fill(redis, BLOCK, at_most=self._blocks)

    def acknowledged(self) -> tuple[str, ...]:
        """Return the jobs that were waiting when Redis was full."""
        return self._jobs

    def background_threads(self) -> tuple[threading.Thread, ...]:
        """Return the writer."""
        return (self._writer,) if self._writer else ()

    def stop(self) -> None:
        """End the busy cache."""
        self._stop.set()
        if self._writer:
            self._writer.join()

    def _keep_full(self, system: System) -> None:
        while not self._stop.is_set():
            try:
                with system.redis() as redis:
                    while not self._stop.wait(CRUMB_EVERY_S):
                        _write(redis, CRUMB)
            except RedisError:
                self._stop.wait(1.0)  # Redis is away for a moment; so is any other client


def _await_retries(system: System) -> None:
    """Return when all our jobs have failed once and wait for their next attempt."""
    delayed = f"bull:{system.stack.descriptor.queue}:delayed"
    with system.redis() as redis:
        wait_until(
            lambda: int(redis.zcard(delayed)),
            done=lambda count: count >= WAITING_JOBS,
            deadline_s=RETRY_DEADLINE_S,
            expected=f"{WAITING_JOBS} jobs in back-off",
            where=f"Redis, {delayed}",
            next_step="docker logs pdf-worker --tail 50",
        )


def fill(redis: Redis, block: bytes, at_most: float = inf) -> int:
    """Write until a write is refused, or *at_most* blocks; returns how many there was room for."""
    written = 0
    while written < at_most and _write(redis, block):
        written += 1
    return written


def _write(redis: Redis, block: bytes) -> bool:
    try:
        redis.set(f"{KEY}{uuid4()}", block)
    except OutOfMemoryError:
        return False
    return True


def _refuses(redis: Redis) -> bool:
    key = f"{KEY}{uuid4()}"
    try:
        redis.set(key, BLOCK)
    except OutOfMemoryError:
        return True
    redis.delete(key)
    return False
