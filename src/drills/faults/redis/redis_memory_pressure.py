"""A Redis server that uses more of its memory than the runbook allows, and still accepts every write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.common.draws import token
from drills.drill.scenario import Confirmation, Fault
from drills.faults.redis.writes import BLOCK
from drills.faults.thresholds import threshold
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from redis import Redis

    from drills.drill.system import System

OVER = 1.1
"""The used part of maxmemory, as a multiple of the alert's threshold."""
KIB, MIB = 1024, 1024 * 1024
RESIDENT = "grep VmRSS /proc/$(docker inspect -f '{{{{.State.Pid}}}}' {})/status"


class RedisMemoryPressure(Fault):
    """Write entries under *prefix* until Redis uses clearly more of its maxmemory than the alert allows.

    None of the entries expires.
    """

    name = "redis memory pressure"

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._blocks = 0

    def undo(self, system: System) -> tuple[str, ...]:
        """Restart Redis, which has its configured limit again then; healing empties it."""
        return (system.stack.descriptor.restart_line("cache"),)

    def inject(self, system: System) -> None:
        """Write until the share is reached."""
        with system.redis() as redis:
            while _share(redis) < _limit(system) * OVER:
                redis.set(f"{self._prefix}{token()}", BLOCK)
                self._blocks += 1

    def confirm(self, system: System) -> Confirmation:
        """Ask the kernel for the resident memory of the Redis process."""
        seen = system.stack.sandbox.run(RESIDENT.format(system.service("cache"))).output.split()
        resident_mib = int(seen[1]) * KIB / MIB if len(seen) > 1 and seen[1].isdigit() else 0.0
        with system.redis() as redis:
            limit_mib = int(redis.info("memory")["maxmemory"]) / MIB
        return Confirmation(
            ok=resident_mib > limit_mib * _limit(system),
            channel="/proc/PID/status",
            expected=f"more than {_limit(system):.0%} of {limit_mib:.0f} MiB resident",
            seen=f"{resident_mib:.0f} MiB",
        )

    def reapply_load(self, system: System) -> None:
        """Write as many entries as the first time."""
        with system.redis() as redis:
            for _ in range(self._blocks):
                redis.set(f"{self._prefix}{token()}", BLOCK)


def _limit(system: System) -> float:
    return threshold(system, Quantity.RESOURCE_UTILIZATION)


def _share(redis: Redis) -> float:
    """Return the used part of maxmemory without the buffer of writes, which a slow disk fills for a moment."""
    memory = redis.info("memory")
    return float(memory["used_memory"] - memory["mem_not_counted_for_evict"]) / float(memory["maxmemory"])
