"""Measure how many drills run side by side here: machines of as many cores differ by a factor of three in speed."""

from __future__ import annotations

import os
import time
from functools import cache
from pathlib import Path

from drills.runbook import load

AT_LEAST = 2
"""So many run side by side on any machine: a drill waits more than it computes."""
CHARACTERS_PER_S = 720_000.0
"""Characters of the runbook that a drill's share of a core reads in 1 s; with less, the drill's record has gaps."""
MEMORY_KIB = 5632 * 2**10
"""What the disk and the containers of one sandbox take at most, in KiB: where a drill fills a disk of 4 GiB, 5450 MiB
were measured. With less kept free, two such drills side by side would take more than there is."""
READINGS = 7
WATCHED = 1
"""So many placebos are only watched beside the drills that have a slot: they need none for that."""


@cache
def slots(path: Path) -> int:
    """Return how many drills to run side by side here; an exclusive one takes all of AT_LEAST.

    The machine's speed is measured, not looked up: reading the runbook at *path* is work of the kind that drills do.
    The best of READINGS runs counts, since other processes only slow a run down.
    """
    characters = len(path.read_text(encoding="utf-8"))
    per_s = characters / min(_seconds(path) for _ in range(READINGS))
    cores = len(os.sched_getaffinity(0))
    return slots_for(cores, per_s, available_kib())


def workers(path: Path) -> int:
    """Return how many sandboxes to have at a time: those with a slot, and beside them the placebos only watched."""
    return max(slots(path), min(slots(path) + WATCHED, int(available_kib() / MEMORY_KIB)))


def slots_for(cores: int, per_s: float, available_kib: float) -> int:
    """Return the slots of a machine whose every core reads *per_s* characters of the runbook a second. Pure."""
    return max(AT_LEAST, int(min(cores * per_s / CHARACTERS_PER_S, available_kib / MEMORY_KIB)))


def _seconds(path: Path) -> float:
    began = time.perf_counter()
    load(path)
    return time.perf_counter() - began


def available_kib() -> float:
    """Return the memory that new processes can have on this machine, in KiB."""
    facts = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) for line in facts if line.startswith("MemAvailable:"))
