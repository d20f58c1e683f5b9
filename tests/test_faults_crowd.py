"""A crowd keeps every connection of one pool taken, and fits into as many pools as the runbook's solution makes."""

from __future__ import annotations

import asyncio
import random
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import httpx
import pytest

import runbook
from scenarios.faults import crowd
from scenarios.faults.crowd import Crowd, Outgrown, TooMany

if TYPE_CHECKING:
    from scenarios.drill.site import Site

SITE = cast("Site", SimpleNamespace(book=runbook.load()))
POOL = int(SITE.book.incident(5).alert.threshold.value)
WAIT_S = 0.3
"""Less than the real one; whatever is said below as a share of it holds for both."""
SLOW = 0.15
"""An answer and the next question under way for so much of a wait: 0.6 s of 4, on a machine with much else to do."""


class Backends:
    """As many pools as there are backends, asked in turn.

    *lowest* and *highest* are how many students the fullest one has had at a time: those beyond its pool wait.
    """

    def __init__(self, backends: int) -> None:
        self._free = [asyncio.Semaphore(POOL) for _ in range(backends)]
        self._there = [0] * backends
        self._asked = 0
        self.lowest, self.highest = round(POOL * TooMany.demand), 0

    async def get(self, *_: object, **__: object) -> httpx.Response:
        """Answer in the place of a client."""
        mine = self._asked % len(self._free)
        self._asked += 1
        self._there[mine] += 1  # a connection that one gives back is at once that of the next
        self.highest = max(self.highest, self._there[mine])
        async with self._free[mine]:
            await asyncio.sleep(WAIT_S)
        self._there[mine] -= 1
        await asyncio.sleep(SLOW * WAIT_S)
        return httpx.Response(200)

    async def look(self) -> None:
        """Look at the fullest pool eighty times, from when all students have come."""
        await asyncio.sleep(1.05 * WAIT_S)
        for _ in range(80):
            self.lowest = min(self.lowest, max(self._there))
            await asyncio.sleep(WAIT_S / 20)


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "WAIT_S", WAIT_S)
    random.seed(0)


async def come(fault: type[Crowd], backends: int) -> Backends:
    """Let the students of *fault* ask as many *backends*."""
    seen = Backends(backends)
    client = cast("httpx.AsyncClient", seen)
    ask = [asyncio.create_task(crowd.student(client, "a-job")) for _ in range(round(fault.demand * POOL))]
    await seen.look()
    for one in ask:
        one.cancel()
    await asyncio.gather(*ask, return_exceptions=True)
    return seen


@pytest.mark.parametrize("fault", [TooMany, Outgrown])
def test_one_pool_is_never_free_for_a_moment(fault: type[Crowd]) -> None:
    assert asyncio.run(come(fault, backends=1)).lowest >= POOL


@pytest.mark.parametrize(("fault", "backends"), [(TooMany, 3), (Outgrown, 2)])
def test_pools_of_the_solution_have_connections_left(fault: type[Crowd], backends: int) -> None:
    assert asyncio.run(come(fault, backends)).highest < POOL
