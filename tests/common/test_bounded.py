"""No wait for a thread or a lock goes on for ever."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from drills.common.bounded import join, locked
from drills.common.waiting import WaitTimeout

if TYPE_CHECKING:
    from pathlib import Path


def test_a_thread_that_does_not_end_is_named() -> None:
    halt = threading.Event()
    thread = threading.Thread(target=halt.wait, args=(10.0,), name="writer", daemon=True)
    thread.start()
    with pytest.raises(WaitTimeout, match=r"the thread 'writer' to end, but it goes on, 0\.01 s after"):
        join(thread, 0.01)
    halt.set()
    join(thread, 10.0)
    assert not thread.is_alive()


def test_a_lock_that_stays_taken_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    with FileLock(path), pytest.raises(WaitTimeout, match=r"x\.lock to become free"), locked(path, 0.01):
        pass


def test_a_lock_is_free_after_its_block(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    with locked(path, 1.0), pytest.raises(WaitTimeout), locked(path, 0.01):
        pass
    with locked(path, 0.01):
        pass
