"""Count the slots again while a run goes on: another process may have taken processors or memory since its begin.

What other processes take is all that the machine computes, without this run's own processes and sandboxes.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from drills.plugin.slots import MEMORY_KIB, available_kib
from drills.sandbox.machine import computed_s
from drills.sandbox.own_load import between_s, own_s

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW_S = 1.0
"""How long the machine is watched: long enough to tell a process that computes from one that runs for a moment."""


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
    spent_s = computed_s() - all_before - between_s(own_before, own_s(root))
    others_cores = max(0.0, spent_s / (time.monotonic() - began))
    return Seen(len(os.sched_getaffinity(0)), others_cores, available_kib())
