"""Who shares the machine with whom: drills that keep it busy are held alone, all others side by side."""

from __future__ import annotations

import fcntl
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TURN, ROOM = "turn.lock", "room.lock"


@contextmanager
def place(folder: Path, *, alone: bool) -> Iterator[None]:
    """Hold a place on this machine, in a run whose workers share *folder*; *alone* keeps everybody else out.

    Who waits to be alone holds the turn meanwhile, so that no stream of others can keep it waiting. The kernel lets go
    of both when a worker dies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / TURN).open("w") as turn, (folder / ROOM).open("w") as room:
        fcntl.flock(turn, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(turn, fcntl.LOCK_UN)
        yield


class Turnstile:
    """One worker's place; from one drill that is held alone to the next, it is kept.

    Let go in between, each of these drills would wait once more for whoever came in meanwhile, and so would they.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held = ExitStack()
        self._alone = False

    def enter(self, *, alone: bool) -> None:
        """Return when the place for the next drill is held."""
        if alone and self._alone:
            return
        self.leave()
        self._held.enter_context(place(self._folder, alone=alone))
        self._alone = alone

    def leave(self) -> None:
        """Let others in."""
        self._held.close()
        self._alone = False
