"""Wait for a condition in an event loop; a module of its own, because asyncio imports TLS before locust may."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from drills.common.waiting import Deadline

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


async def wait_until(  # noqa: PLR0913  (each keyword is one of the facts the error text has to name)
    read: Callable[[], Awaitable[T]],
    *,
    done: Callable[[T], bool],
    deadline_s: float,
    poll_s: Callable[[T], float],
    expected: str,
    where: str,
    next_step: str,
) -> T:
    """Await `read` until `done` accepts its value; deadline, pauses and errors are those of `waiting.wait_until`."""
    deadline = Deadline(deadline_s)
    while not done(value := await read()):
        if deadline.passed:
            raise deadline.error(expected, value, where, next_step)
        await asyncio.sleep(deadline.pause_s(poll_s(value)))
    return value
