"""Read the kernel's own counters of each container, where its control groups lie as the engine makes them by itself.

The engine reads the same files, but through three processes for every container: at one look a second that is a third
of all that a stack at rest does.
"""

from __future__ import annotations

import time
from pathlib import Path

from stack.services.exporter.shares import Reading

ROOT = Path("/host/cgroup")
UNLIMITED = 1 << 60
"""From here on a number stands for "no limit" in cgroup v1; v2 says `max`."""
NANO_PER_MICRO = 1000


class Groups:
    """The control groups below *root*, of either version of the kernel's interface."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._unified = (root / "cgroup.controllers").exists()

    def reading(self, id_: str) -> Reading | None:
        """Return what the kernel counts for a container; None where it has no such group, or the group no limit."""
        try:
            return self._second(id_) if self._unified else self._first(id_)
        except (OSError, ValueError):
            return None

    def _first(self, id_: str) -> Reading | None:
        cpu_ns = int((self._root / "cpuacct/docker" / id_ / "cpuacct.usage").read_text())
        at_s = time.time()
        memory = self._root / "memory/docker" / id_
        limit = int((memory / "memory.limit_in_bytes").read_text())
        if limit >= UNLIMITED:
            return None
        used = int((memory / "memory.usage_in_bytes").read_text())
        return Reading.counted(at_s, cpu_ns, used, _counters(memory / "memory.stat"), limit)

    def _second(self, id_: str) -> Reading | None:
        group = self._root / "docker" / id_
        cpu_ns = _counters(group / "cpu.stat")["usage_usec"] * NANO_PER_MICRO
        at_s = time.time()
        limit = int((group / "memory.max").read_text())  # `max` is no number, and the engine is asked instead
        used = int((group / "memory.current").read_text())
        return Reading.counted(at_s, cpu_ns, used, _counters(group / "memory.stat"), limit)


def _counters(path: Path) -> dict[str, int]:
    return {name: int(value) for name, value in (line.split() for line in path.read_text().splitlines())}
