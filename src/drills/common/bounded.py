"""Wait for the end of a thread, or for a lock of another process, no longer than a limit."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from drills.common.waiting import WaitTimeout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from threading import Thread

JOIN_S = 90.0
"""How long a thread may take to end once it was told to: longer than any one request that it may wait for."""


def join(thread: Thread, limit_s: float = JOIN_S) -> None:
    """Return when *thread* has ended; raises WaitTimeout when it has not within *limit_s* seconds."""
    thread.join(limit_s)
    if thread.is_alive():
        raise WaitTimeout(
            f"expected the thread {thread.name!r} to end, but it goes on, {limit_s:g} s after it was told to; "
            "next: see what it waits for, and give that a limit"
        )


@contextmanager
def locked(path: Path, limit_s: float) -> Iterator[None]:
    """Hold the lock at *path* in the block; raises WaitTimeout when another process keeps it for *limit_s* seconds."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=limit_s)
    except Timeout:
        raise WaitTimeout(
            f"expected the lock {path} to become free, but another process has kept it for {limit_s:g} s; "
            f"next: see which process has it (fuser {path}), and end it"
        ) from None
    try:
        yield
    finally:
        lock.release()
