"""A cache that grows towards Redis' limit: nothing is refused yet."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from drills.drill.scenario import Confirmation, Fault
from scenarios.faults.residence import threshold

if TYPE_CHECKING:
    from redis import Redis

    from drills.drill.system import System

BLOCK = b"\0" * 100_000
KEY = "cache:result:"
OVER = 1.1
KIB, MIB = 1024, 1024 * 1024
RESIDENT = "grep VmRSS /proc/$(docker inspect -f '{{{{.State.Pid}}}}' {})/status"


class GrowingCache(Fault):
    """Cache results until Redis uses clearly more of its maxmemory than the alert allows; none of them ever expires."""

    name = "growing cache"
    undo = ("docker-compose restart redis",)  # healing empties Redis; its limit is again what it was started with

    def __init__(self) -> None:
        self._blocks = 0

    def inject(self, system: System) -> None:
        """Cache until it is too much."""
        with system.redis() as redis:
            while _share(redis) < threshold(system) * OVER:
                redis.set(f"{KEY}{uuid4()}", BLOCK)
                self._blocks += 1

    def confirm(self, system: System) -> Confirmation:
        """Ask the kernel for what the Redis process holds."""
        seen = system.stack.run(RESIDENT.format(system.service("cache"))).output.split()
        resident_mib = int(seen[1]) * KIB / MIB if len(seen) > 1 and seen[1].isdigit() else 0.0
        with system.redis() as redis:
            limit_mib = int(redis.info("memory")["maxmemory"]) / MIB
        return Confirmation(
            ok=resident_mib > limit_mib * threshold(system),
            channel="/proc/PID/status",
            expected=f"more than {threshold(system):.0%} of {limit_mib:.0f} MiB resident",
            seen=f"{resident_mib:.0f} MiB",
        )

    def reapply_load(self, system: System) -> None:
        """Cache as much as the first time."""
        with system.redis() as redis:
            for _ in range(self._blocks):
                redis.set(f"{KEY}{uuid4()}", BLOCK)


def _share(redis: Redis) -> float:
    """Return what stays: a slow disk leaves a buffer of writes in memory, which is gone a moment later."""
    memory = redis.info("memory")
    return float(memory["used_memory"] - memory["mem_not_counted_for_evict"]) / float(memory["maxmemory"])
