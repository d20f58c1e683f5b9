"""Split the drills of a run into parts that take about as long as each other. Pure: the same drills, the same parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from drills.runbook import Runbook

_TEXT: Final = re.compile("([1-9][0-9]{0,2})/([1-9][0-9]{0,2})")
MOST: Final = 999


class ShardError(ValueError):
    """A part of a run that cannot be held; the text is one sentence."""


@dataclass(frozen=True)
class Shard:
    """One of *size* parts of a run; *number* counts from 1."""

    number: int
    size: int

    def __str__(self) -> str:
        return f"{self.number}/{self.size}"


def shard_of(text: str) -> Shard:
    """Return the part that *text* names, such as 2/4; raises ShardError for anything else."""
    found = _TEXT.fullmatch(text)
    shard = Shard(int(found[1]), int(found[2])) if found else None
    if shard is None or shard.number > shard.size:
        raise ShardError(
            f"--shard {text!r:.40}: expected a part such as 2/4, the number of the part first, from 1 to {MOST} parts"
        )
    return shard


def lengths(runbook: Runbook, causes: Collection[str], recorded_s: Mapping[str, float]) -> dict[str, float]:
    """Return how long the drill of each cause takes, to weigh the causes against each other.

    In seconds as *recorded_s* by earlier runs, and their median for a cause without a record. Where none has one, it
    is the longest time that the runbook has for the cause's solution, in minutes, and the same for all without a time.
    """
    known = {cause: recorded_s[cause] for cause in causes if cause in recorded_s}
    if known:
        usual = median(known.values())
        return {cause: known.get(cause, usual) for cause in causes}
    minutes = {cause: runbook.cause(cause).minutes for cause in causes}
    return {cause: times[1] if times else 1.0 for cause, times in minutes.items()}


def split(lengths_: Mapping[str, float], shard: Shard) -> set[str]:
    """Return the causes of *shard*: each cause, the longest first, goes to the part that has the least to do so far.

    Raises ShardError where there are fewer causes than parts: one of them would prove nothing.
    """
    if len(lengths_) < shard.size:
        raise ShardError(f"--shard {shard}: there are {len(lengths_)} drills for {shard.size} parts; name fewer parts")
    load = dict.fromkeys(range(1, shard.size + 1), 0.0)
    mine = set()
    for cause in sorted(lengths_, key=lambda cause: (-lengths_[cause], cause)):
        part = min(load, key=lambda number: (load[number], number))
        load[part] += lengths_[cause]
        if part == shard.number:
            mine.add(cause)
    return mine
