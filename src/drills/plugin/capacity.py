"""Let as many drills run side by side as the machine has slots for, and no two exclusive ones."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from drills.common.bounded import locked
from drills.common.waiting import wait_until
from drills.drill.arm.listener import Listener
from drills.plugin.slots import AT_LEAST
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.common.threshold import Threshold
    from drills.drill.arm.listener import Phase

TURN = "turn.lock"
EXCLUSIVE = "exclusive.lock"
LIMIT_S = 24 * 3600.0
"""No drill waits longer for those before it, whose own time limits are far shorter."""


@contextmanager
def slot(  # noqa: PLR0913 - what a drill needs, and what there is
    folder: Path,
    slots: int,
    *,
    exclusive: bool,
    weight: int = 1,
    recount: Callable[[int], int] | None = None,
    limit_s: float = LIMIT_S,
) -> Iterator[None]:
    """Lock as many of the machine's *slots* as the drill's *weight*, in a run whose workers share *folder*.

    One *exclusive* drill runs at a time, and where there are no more than AT_LEAST slots it takes all of them.
    *recount* returns how many slots there are now, where it is told how many others hold; alone, a drill always runs.

    A worker that waits for slots holds the turn meanwhile, so that no stream of other drills can keep it waiting. The
    kernel releases all of them when a worker ends. Raises WaitTimeout when a lock is not free within *limit_s* seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        if exclusive:
            held.enter_context(locked(folder / EXCLUSIVE, limit_s))
        with locked(folder / TURN, limit_s):
            locks = [FileLock(folder / f"slot-{number}.lock") for number in range(slots)]
            for taken in _enough(locks, _weight(slots, exclusive=exclusive, weight=weight), recount, limit_s):
                held.callback(taken.release)
        yield


def _weight(slots: int, *, exclusive: bool, weight: int) -> int:
    return AT_LEAST if exclusive and slots == AT_LEAST else weight


def _enough(locks: list[FileLock], weight: int, recount: Callable[[int], int] | None, limit_s: float) -> list[FileLock]:
    """Lock *weight* slots, and return their locks; wait for as long as there are not so many."""
    return wait_until(
        lambda: _try(locks, weight, recount),  # the kernel can wait for one lock, not for several of many
        done=bool,
        deadline_s=limit_s,
        expected=f"{weight} free slots" if weight > 1 else "a free slot",
        where=str(Path(locks[0].lock_file).parent),
        next_step="end a drill, or another program that computes",
    )


def _try(locks: list[FileLock], weight: int, recount: Callable[[int], int] | None) -> list[FileLock]:
    """Lock *weight* slots, or none where there are not so many."""
    free = [lock for lock in locks if _taken(lock)]
    others = len(locks) - len(free)
    fits = len(free) >= weight and (not others or recount is None or others + weight <= recount(others))
    kept = free[:weight] if fits else []
    for lock in free[len(kept) :]:
        lock.release()
    return kept


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

    def __init__(self, folder: Path, slots: int, recount: Callable[[int], int] | None = None) -> None:
        self._folder = folder
        self._slots = slots
        self._recount = recount
        self._held = ExitStack()
        self._exclusive_weight = 0

    def enter(self, *, exclusive: bool, weight: int = 1, limit_s: float = LIMIT_S) -> None:
        """Return when as many slots are held as the next drill weighs; raises WaitTimeout after *limit_s* seconds."""
        needed = _weight(self._slots, exclusive=exclusive, weight=weight)
        if exclusive and self._exclusive_weight == needed:
            return
        self.leave()
        self._held.enter_context(
            slot(
                self._folder,
                self._slots,
                exclusive=exclusive,
                weight=weight,
                recount=self._recount,
                limit_s=limit_s,
            )
        )
        self._exclusive_weight = needed if exclusive else 0

    def leave(self) -> None:
        """Release the slots, for other workers."""
        self._held.close()
        self._exclusive_weight = 0


class LeavesWhileWatching(Listener):
    """Gives the slots of a drill to others once its placebo is only watched, which is the last long part of it.

    A sandbox that is only watched was seen to take 0.1 to 0.3 of a core, one in which commands run a core and more.
    """

    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave = leave
        self._arm: Arm | None = None

    def arm_began(self, cause: str, arm: Arm, target: Threshold, threshold: Threshold) -> None:  # noqa: ARG002
        """Note which arm it is."""
        self._arm = arm

    def phase_began(self, phase: Phase, at_most_s: float) -> None:  # noqa: ARG002
        """Leave as soon as the placebo's metric is watched."""
        if self._arm is Arm.PLACEBO and phase == "recover":
            self._leave()
