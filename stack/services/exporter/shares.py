"""From the engine's counters to shares of a limit, 0 = nothing used, 1 = all of it. Pure; None where unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NANO = 1_000_000_000
PERIOD_US = 100_000  # the kernel's period, where a container has a quota and none of its own


@dataclass(frozen=True)
class Reading:
    """What the engine says of one container at one moment: `at_s` on its clock, CPU time in ns, memory in bytes."""

    at_s: float
    cpu_ns: int
    memory_bytes: int
    memory_limit: int

    @classmethod
    def of(cls, stats: Mapping[str, Any]) -> Reading | None:
        """Read the answer of /containers/:id/stats; None when the container is not running any more."""
        memory = stats.get("memory_stats") or {}
        if "usage" not in memory or not memory.get("limit"):
            return None
        at_s = datetime.fromisoformat(stats["read"]).timestamp()
        cpu_ns = stats["cpu_stats"]["cpu_usage"]["total_usage"]
        return cls.counted(at_s, cpu_ns, memory["usage"], memory.get("stats") or {}, memory["limit"])

    @classmethod
    def counted(cls, at_s: float, cpu_ns: int, used: int, details: Mapping[str, int], limit: int) -> Reading:
        """Take the kernel's counters (ns, bytes); *details* are those of memory.stat.

        cgroup v1 counts the children in total_…, v2 always does. The kernel drops this cache before anything else.
        """
        cache = details.get("total_inactive_file", details.get("inactive_file", 0))
        return cls(at_s, cpu_ns, memory_bytes=max(0, used - cache), memory_limit=limit)

    @property
    def memory_share(self) -> float:
        """Memory used, as `docker stats` counts it, over the container's limit (without one: the machine's memory)."""
        return self.memory_bytes / self.memory_limit


def cpu_share(earlier: Reading, later: Reading, cores: float) -> float | None:
    """Return the CPU time used between two readings over what *cores* could give; None for no time, or a restart."""
    elapsed_s = later.at_s - earlier.at_s
    used_ns = later.cpu_ns - earlier.cpu_ns
    if elapsed_s <= 0 or used_ns < 0 or cores <= 0:
        return None
    return used_ns / NANO / elapsed_s / cores


def cores_of(host: Mapping[str, Any], machine: float) -> float:
    """Return how many cores a container may use, from its HostConfig; without a limit, those of the *machine*."""
    if host.get("NanoCpus"):
        return float(host["NanoCpus"]) / NANO
    if (host.get("CpuQuota") or 0) > 0:
        return float(host["CpuQuota"]) / (host.get("CpuPeriod") or PERIOD_US)
    return machine
