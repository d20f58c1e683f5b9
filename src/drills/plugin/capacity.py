"""Let as many drills run side by side as the machine has slots for, and no two exclusive ones."""

from __future__ import annotations

import math
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from drills.common.waiting import wait_until
from drills.plugin.slots import AT_LEAST

if TYPE_CHECKING:
    from collections.abc import Iterator

TURN = "turn.lock"
EXCLUSIVE = "exclusive.lock"


@contextmanager
def slot(folder: Path, slots: int, *, exclusive: bool, weight: int = 1) -> Iterator[None]:
    """Lock as many of the machine's *slots* as the drill's *weight*, in a run whose workers share *folder*.

    One *exclusive* drill runs at a time, and where there are no more than AT_LEAST slots it takes all of them.

    A worker that waits for slots holds the turn meanwhile and keeps each slot that becomes free, so that no stream of
    other drills can keep it waiting. The kernel releases all of them when a worker ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        if exclusive:
            held.enter_context(FileLock(folder / EXCLUSIVE))
        with FileLock(folder / TURN):
            free = [folder / f"slot-{number}.lock" for number in range(slots)]
            for _ in range(_weight(slots, exclusive=exclusive, weight=weight)):
                taken = _first(free)
                held.callback(taken.release)
                free.remove(Path(taken.lock_file))
        yield


def _weight(slots: int, *, exclusive: bool, weight: int) -> int:
    return AT_LEAST if exclusive and slots == AT_LEAST else weight


def _first(free: list[Path]) -> FileLock:
    """Lock the first slot that is free, and return its lock; wait for as long as none is."""
    locks = [FileLock(path) for path in free]
    wait_until(
        lambda: any(map(_taken, locks)),  # the kernel can wait for one lock, not for the first of several
        deadline_s=math.inf,
        expected="a free slot",
        where=str(free[0].parent),
        next_step="end a drill",
    )
    return next(lock for lock in locks if lock.is_locked)


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True


class Capacity:
    """The slots of one worker; from one exclusive drill to the next one they are kept.

    Released in between, each of these drills would wait once more for drills that came in meanwhile, and so would they.
    """

    def __init__(self, folder: Path, slots: int) -> None:
        self._folder = folder
        self._slots = slots
        self._held = ExitStack()
        self._exclusive_weight = 0

    def enter(self, *, exclusive: bool, weight: int = 1) -> None:
        """Return when as many slots are held as the next drill weighs."""
        needed = _weight(self._slots, exclusive=exclusive, weight=weight)
        if exclusive and self._exclusive_weight == needed:
            return
        self.leave()
        self._held.enter_context(slot(self._folder, self._slots, exclusive=exclusive, weight=weight))
        self._exclusive_weight = needed if exclusive else 0

    def leave(self) -> None:
        """Release the slots, for other workers."""
        self._held.close()
        self._exclusive_weight = 0
