"""Count the slots again while a run goes on: another process may have taken processors or memory since its begin.

What other processes take is all that the machine computes, without this run's own processes and sandboxes.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import docker
from docker.errors import APIError, DockerException, NotFound

from drills.plugin.slots import MEMORY_KIB, available_kib
from drills.sandbox.labels import OWNER, everything_ours
from drills.sandbox.machine import computed_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROC = Path("/proc")
WINDOW_S = 1.0
"""How long the machine is watched: long enough to tell a process that computes from one that runs for a moment."""
NANO = 1e9


class Seen(NamedTuple):
    """What other processes take of the *cores* of this machine, and the memory (KiB) that is left."""

    cores: int
    others_cores: float
    available_kib: float


def slots_now(first: int, first_kib: float, taken: int, seen: Seen) -> int:
    """Return how many drills may run side by side now, where there were *first* slots and *first_kib* at the begin.

    Each of the *taken* slots has its memory already; one more needs what a slot had at the begin. One drill may always
    run. Pure.
    """
    by_cores = round(first * max(0.0, seen.cores - seen.others_cores) / seen.cores)
    by_memory = taken + int(seen.available_kib / min(MEMORY_KIB, first_kib / first))
    return max(1, min(first, by_cores, by_memory))


class Recount:
    """Counts the slots of a worker's run again, and says so when there are fewer than at its begin."""

    def __init__(self, first: int, first_kib: float, say: Callable[[str], None]) -> None:
        self._first = first
        self._first_kib = first_kib
        self._say = say
        self._told = first

    def __call__(self, taken: int) -> int:
        """Return the slots that there are now, *taken* ones included."""
        seen = look(os.getppid())  # the process that controls the workers
        now = slots_now(self._first, self._first_kib, taken, seen)
        if now != self._told:
            self._told = now
            self._say(
                f"slots: {now} of {self._first}, because other processes take {seen.others_cores:.1f} of {seen.cores} "
                f"processors, and {seen.available_kib / 2**20:.1f} GiB of memory are free"
            )
        return now


def look(root: int, window_s: float = WINDOW_S) -> Seen:
    """Watch the machine for *window_s* seconds; *root* is the process that all of this run's processes come from."""
    began, all_before, own_before = time.monotonic(), computed_s(), own_s(root)
    time.sleep(window_s)
    spent_s = computed_s() - all_before - (own_s(root) - own_before)
    others_cores = max(0.0, spent_s / (time.monotonic() - began))
    return Seen(len(os.sched_getaffinity(0)), others_cores, available_kib())


def own_s(root: int) -> float:
    """Return the processor seconds of *root*, of all processes that come from it, and of their sandboxes."""
    family = dict(_family(root))
    return sum(family.values()) + _sandboxes_s(set(family))


def _family(root: int) -> Iterator[tuple[int, float]]:
    """Yield each process that comes from *root*, itself included, with its seconds and those of its ended children."""
    seconds: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        pid = int(path.parent.name)
        children.setdefault(int(fields[1]), []).append(pid)
        seconds[pid] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid, seconds.get(pid, 0.0)
        waiting += children.get(pid, [])


def _sandboxes_s(pids: set[int]) -> float:
    """Return the processor seconds of the sandboxes that these processes own, with all that runs inside them."""
    try:
        client = docker.from_env()
        containers = client.containers.list(filters=everything_ours(), ignore_removed=True)
        return sum(_used_s(client, str(each.id)) for each in containers if _owner(each.labels) in pids)
    except DockerException:
        return 0.0  # what sandboxes take counts as others', so there are fewer slots, never more


def _owner(labels: dict[str, str]) -> int:
    _, pid, *_ = [*labels.get(OWNER, "").split("/"), ""]
    return int(pid) if pid.isdecimal() else 0


def _used_s(client: docker.DockerClient, container: str) -> float:
    try:
        stats: Any = client.api.stats(container, stream=False, one_shot=True)
    except (NotFound, APIError):
        return 0.0
    return float(stats["cpu_stats"]["cpu_usage"]["total_usage"]) / NANO
