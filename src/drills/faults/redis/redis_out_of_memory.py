"""A Redis server that has reached its maxmemory and refuses every write."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from drills.common.bounded import join
from drills.common.draws import token
from drills.drill.scenario import Confirmation, Fault
from drills.faults.redis.writes import BLOCK, fill, write

if TYPE_CHECKING:
    from redis import Redis

    from drills.drill.system import System

SMALL = b"\0" * 400
SMALL_EVERY_S = 0.02


class RedisOutOfMemory(Fault):
    """Fill Redis to its maxmemory with entries under *prefix*, and go on writing as a busy cache would.

    Without the second part, keys that expire would free memory, and the system would seem to recover by itself. At
    400 bytes each 20 ms the writer needs an hour for another 64 MiB, so it does not undo a documented solution.
    Healing empties Redis.
    """

    name = "redis out of memory"

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._blocks = 0
        self._stop = threading.Event()
        self._writer: threading.Thread | None = None

    def inject(self, system: System) -> None:
        """Fill Redis, with large entries first and small ones after them, and start the writer."""
        with system.redis() as redis:
            self._blocks = fill(redis, self._prefix, BLOCK)
            fill(redis, self._prefix, SMALL)
        self._writer = threading.Thread(target=self._keep_full, args=(system,), name="cache", daemon=True)
        self._writer.start()

    def confirm(self, system: System) -> Confirmation:
        """Ask Redis how much it uses, and try a write."""
        with system.redis() as redis:
            memory = redis.info("memory")
            refused = self._refuses(redis)
        return Confirmation(
            ok=refused,
            channel="redis INFO memory and a write",
            expected="a refused write at maxmemory",
            seen=f"{memory['used_memory_human']} of {memory['maxmemory_human']}, refused: {refused}",
        )

    def reapply_load(self, system: System) -> None:
        """Write as many large entries as filled Redis the first time."""
        with system.redis() as redis:
            fill(redis, self._prefix, BLOCK, at_most=self._blocks)

    def background_threads(self) -> tuple[threading.Thread, ...]:
        """Return the writer."""
        return (self._writer,) if self._writer else ()

    def stop(self) -> None:
        """End the writer."""
        self._stop.set()
        if self._writer:
            join(self._writer)

    def _keep_full(self, system: System) -> None:
        while not self._stop.is_set():
            try:
                with system.redis() as redis:
                    while not self._stop.wait(SMALL_EVERY_S):
                        write(redis, f"{self._prefix}{token()}", SMALL)
            except RedisError:
                self._stop.wait(1.0)  # Redis restarts; the writer connects again as any client does

    def _refuses(self, redis: Redis) -> bool:
        key = f"{self._prefix}{token()}"
        if not write(redis, key, BLOCK):
            return True
        redis.delete(key)
        return False
