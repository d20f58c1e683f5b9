"""Who shares the machine with whom: drills that keep it busy are held alone, all others side by side."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
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
