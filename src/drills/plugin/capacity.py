"""Who shares the machine with whom: as many drills as it has places for, and one of those that keep it busy."""

from __future__ import annotations

import fcntl
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from drills.plugin.slots import AT_LEAST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TURN = "turn.lock"
EXCLUSIVE = "busy.lock"
LOOK_S = 0.1


@contextmanager
def slot(folder: Path, slots: int, *, exclusive: bool, weight: int = 1) -> Iterator[None]:
    """Hold a place on this machine, or as many as a drill *takes*, in a run whose workers share *folder* and *places*.

    One *busy* drill is held at a time, and where there are no more than AT_LEAST places it takes all of them.

    Who waits for places holds the turn meanwhile and keeps each that becomes free, so that no stream of others can
    keep it waiting. The kernel lets go of all of them when a worker dies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        if exclusive:
            held.enter_context(_locked(folder / EXCLUSIVE))
        with _locked(folder / TURN):
            free = [folder / f"place-{number}.lock" for number in range(slots)]
            for _ in range(_width(slots, exclusive=exclusive, weight=weight)):
                free.remove(held.enter_context(_first(free)))
        yield


def _width(slots: int, *, exclusive: bool, weight: int) -> int:
    return AT_LEAST if exclusive and slots == AT_LEAST else weight


@contextmanager
def _first(free: list[Path]) -> Iterator[Path]:
    """Hold the first of some places that nobody holds, and yield it; wait for as long as there is none."""
    with ExitStack() as held:
        files = {path: held.enter_context(path.open("w")) for path in free}
        while True:
            for path, file in files.items():
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield path
                return
            time.sleep(LOOK_S)  # the kernel tells of one lock when it is free, not of the first of several


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Capacity:
    """One worker's place; from one drill that keeps the machine busy to the next like it, it is kept.

    Let go in between, each of these drills would wait once more for whoever came in meanwhile, and so would they.
    """

    def __init__(self, folder: Path, slots: int) -> None:
        self._folder = folder
        self._places = slots
        self._held = ExitStack()
        self._busy_with = 0

    def enter(self, *, exclusive: bool, weight: int = 1) -> None:
        """Return when the place for the next drill is held, or as many as it *takes*."""
        if exclusive and self._busy_with == _width(self._places, exclusive=exclusive, weight=weight):
            return
        self.leave()
        self._held.enter_context(slot(self._folder, self._places, exclusive=exclusive, weight=weight))
        self._busy_with = _width(self._places, exclusive=exclusive, weight=weight) if exclusive else 0

    def leave(self) -> None:
        """Let others in."""
        self._held.close()
        self._busy_with = 0
