"""The students keep every connection of one pool taken, and need no more than the pools of the runbook's solution."""

from __future__ import annotations

import asyncio
import random
import selectors

import httpx
import pytest

from drills import runbook
from scenarios.faults.pool_saturation import BEYOND_ONE_POOL, BEYOND_THE_SERVER, WAIT_S, wait_for_job
from tests.helpers.paths import RUNBOOK

POOL = int(runbook.load(RUNBOOK).incident(5).alert.threshold.value)
SLOW = 0.15
"""The time of an answer and the next request, in waits: 0.6 s of 4, on a loaded machine."""
FROZEN = (1.5, 2.5)
"""The period in which no answer leaves, in waits: all that were due meanwhile leave at its end."""
LOOKS = 80


class Backends:
    """As many backends as there are pools, which take requests in turn.

    *lowest* and *highest* are how many students the fullest one has had at a time: those beyond its pool wait for a
    connection, and are answered no later for that.
    """

    def __init__(self, backends: int, students: int) -> None:
        self._there = [0] * backends
        self._requests = 0
        self._began_s = asyncio.get_running_loop().time()
        self.lowest, self.highest = students, 0

    async def get(self, url: str, /, *, headers: dict[str, str]) -> httpx.Response:
        """Answer as the backend would."""
        del headers
        mine = self._requests % len(self._there)
        self._requests += 1
        self._there[mine] += 1
        self.highest = max(self.highest, self._there[mine])
        due = self._now + float(url.rpartition("=")[2]) / WAIT_S
        await self._until(FROZEN[1] if FROZEN[0] < due < FROZEN[1] else due)
        self._there[mine] -= 1
        await asyncio.sleep(SLOW * WAIT_S)
        return httpx.Response(200)

    async def look(self) -> None:
        """Look at the fullest pool, once all requests have returned that the frozen period delayed."""
        await self._until(FROZEN[1] + 2 * SLOW)
        for _ in range(LOOKS):
            self.lowest = min(self.lowest, max(self._there))
            await asyncio.sleep(WAIT_S / 20)

    @property
    def _now(self) -> float:
        return (asyncio.get_running_loop().time() - self._began_s) / WAIT_S

    async def _until(self, waits: float) -> None:
        await asyncio.sleep((waits - self._now) * WAIT_S)


class Clock(selectors.DefaultSelector):
    """A clock that advances instead of waiting, so that a loaded machine changes nothing."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now_s += timeout or 0.0
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = Clock()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now_s


def seen(demand: float, backends: int) -> Backends:
    random.seed(0)
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(wait(demand, backends))


async def wait(demand: float, backends: int) -> Backends:
    """Let so many students wait that they need *demand* pools; return the backends that answered them."""
    count = round(demand * POOL)
    gateway = Backends(backends, count)
    students = [asyncio.create_task(wait_for_job(gateway, "a-job")) for _ in range(count)]
    await gateway.look()
    for student in students:
        student.cancel()
    await asyncio.gather(*students, return_exceptions=True)
    return gateway


@pytest.mark.parametrize("demand", [BEYOND_THE_SERVER, BEYOND_ONE_POOL])
def test_one_pool_is_never_free_for_a_moment(demand: float) -> None:
    assert seen(demand, backends=1).lowest >= POOL


@pytest.mark.parametrize(("demand", "backends"), [(BEYOND_THE_SERVER, 3), (BEYOND_ONE_POOL, 2)])
def test_pools_of_the_solution_have_connections_left(demand: float, backends: int) -> None:
    assert seen(demand, backends).highest < POOL
