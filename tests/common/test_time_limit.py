"""Work that may hang is waited for as long as was said, and no longer."""

import time
from threading import Event

import pytest

from drills.common.time_limit import within


def test_what_the_work_returns_is_returned() -> None:
    assert within(lambda: 7, 5.0, "work") == 7


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        within(lambda: 1 // 0, 5.0, "work")


def test_work_that_hangs_is_left() -> None:
    released, began = Event(), time.monotonic()
    with pytest.raises(TimeoutError):
        within(lambda: released.wait(20), 0.05, "work")
    assert time.monotonic() - began < 10
    released.set()
