"""A crowd keeps every connection of one pool taken, and fits into as many pools as the runbook's solution makes."""

from __future__ import annotations

import asyncio
import random
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import httpx
import pytest

from drills import runbook
from scenarios.faults import crowd
from scenarios.faults.crowd import Crowd, Outgrown, TooMany
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from drills.drill.system import System

SITE = cast("System", SimpleNamespace(runbook=runbook.load(RUNBOOK)))
POOL = int(SITE.runbook.incident(5).alert.threshold.value)
WAIT_S = 0.3
"""Less than the real one; whatever is said below as a share of it holds for both."""
SLOW = 0.15
"""An answer and the next question under way for so much of a wait: 0.6 s of 4, on a machine with much else to do."""
FROZEN = (1.5, 2.5)
"""From when to when no answer leaves, in waits: all that were due meanwhile leave in the same moment."""
LOOKS = 80


class Backends:
    """As many backends as there are pools, asked in turn.

    *lowest* and *highest* are how many students the fullest one has had at a time: those beyond its pool wait for a
    connection, and are answered no later for that.
    """

    def __init__(self, backends: int) -> None:
        self._there = [0] * backends
        self._asked = 0
        self._began_s = time.monotonic()
        self.lowest, self.highest = round(POOL * TooMany.demand), 0

    async def get(self, path: str, **_: object) -> httpx.Response:
        """Answer in the place of a client."""
        mine = self._asked % len(self._there)
        self._asked += 1
        self._there[mine] += 1
        self.highest = max(self.highest, self._there[mine])
        due = self._now + float(path.rpartition("=")[2]) / WAIT_S
        await self._until(FROZEN[1] if FROZEN[0] < due < FROZEN[1] else due)
        self._there[mine] -= 1
        await asyncio.sleep(SLOW * WAIT_S)
        return httpx.Response(200)

    async def look(self) -> None:
        """Look at the fullest pool, from when all have come back whom the frozen moment kept."""
        await self._until(FROZEN[1] + 2 * SLOW)
        for _ in range(LOOKS):
            self.lowest = min(self.lowest, max(self._there))
            await asyncio.sleep(WAIT_S / 20)

    @property
    def _now(self) -> float:
        return (time.monotonic() - self._began_s) / WAIT_S

    async def _until(self, waits: float) -> None:
        await asyncio.sleep((waits - self._now) * WAIT_S)


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
