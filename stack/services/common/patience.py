"""Waiting no longer than one wants to, whatever is waited for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")
_abandoned: set[asyncio.Task[object]] = set()


async def within(seconds: float, work: Coroutine[object, object, T]) -> T:
    """Return what *work* returns; raises TimeoutError after *seconds*, at once.

    `asyncio.timeout` waits until the cancelled work has cleaned up, and a database client whose server is frozen takes
    five seconds for that. Here the work is cancelled and left to end on its own.
    """
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if done:
        return task.result()
    task.cancel()
    _abandoned.add(task)
    task.add_done_callback(_forget)
    raise TimeoutError(f"no answer within {seconds:g} s")


def _forget(task: asyncio.Task[object]) -> None:
    _abandoned.discard(task)
    if not task.cancelled():
        task.exception()  # read, because asyncio logs an error that was never read
