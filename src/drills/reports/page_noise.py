"""Word how much of the machine other processes took during an arm: noise that could have changed a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.measurements import Machine
from drills.record.noise import ALL, BUSY, STEADY, noise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.record.history import History

UNKNOWN = "not recorded"


def measured_noise(history: History) -> str:
    """Word what others took in the mean and at most, in processors, and whether that is too much to be judged."""
    seen = history.of(Machine)
    if not seen:
        return UNKNOWN
    mean = sum(each.others * each.seconds for each in seen) / sum(each.seconds for each in seen)
    most, cores = max(each.others for each in seen), max(each.cores for each in seen)
    taken = f"other processes took {mean:.1f} of {cores} processors in the mean, {most:.1f} at most"
    return f"{taken}: too busy" if too_busy(history) else taken


def too_busy(history: History) -> bool:
    """Whether a judgement of this record may be that of the noise."""
    return noise(history, (*STEADY, *ALL)) is not None


def noise_of_all(histories: Iterable[History]) -> str:
    """Word the noise of a run in sentences."""
    arms = list(histories)
    told = [history for history in arms if history.of(Machine)]
    busy = [f"{history.head.cause} {history.head.arm}" for history in told if too_busy(history)]
    if not told:
        return "What other processes took of the machine was not recorded."
    silent = f" Of {len(arms) - len(told)} arms it was not recorded." if len(told) < len(arms) else ""
    limit = f"more than {BUSY:.0%} of the processors"
    if busy:
        return f"Other processes took {limit} during {', '.join(busy)}: hold these again.{silent}"
    return f"During none of {len(told)} arms did other processes take {limit}.{silent}"
