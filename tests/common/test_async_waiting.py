import asyncio
import time
from collections.abc import Iterable

import pytest

from drills.common.async_waiting import wait_until
from drills.common.waiting import WaitTimeout


def wait(values: Iterable[int], deadline_s: float, poll_s: float = 0.001) -> int:
    left = iter(values)

    async def read() -> int:
        return next(left)

    return asyncio.run(
        wait_until(
            read,
            done=lambda value: value == 3,
            deadline_s=deadline_s,
            poll_s=lambda _: poll_s,
            expected="3",
            where="here",
            next_step="read the log",
        )
    )


def test_value_that_satisfies_is_returned() -> None:
    assert wait([1, 2, 3], 5) == 3


def test_last_look_happens_at_the_deadline() -> None:
    began = time.monotonic()
    assert wait([1, 3], 0.05, poll_s=10) == 3
    assert 0.05 <= time.monotonic() - began < 5


def test_timeout_answers_the_five_questions() -> None:
    with pytest.raises(WaitTimeout, match=r"expected 3, saw 2 last, .*\(limit 0 s\) at here; next: read the log"):
        wait([2], 0)
