"""The spike is one that a tighter limit refuses in part, and a limit that refuses nothing is no solution."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from drills.faults.configuration import settings
from load.upload_burst import UploadBurst
from scenarios.faults.sudden_traffic_spike import MINUTE_S, REFUSED, SuddenTrafficSpike
from scenarios.helpers import upload_backlog, worker_capacity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills import System

SHIPPED = 5


class Refusing(UploadBurst):
    """A burst of which as many uploads were refused as a test says."""

    count = 0

    @property
    def refused(self) -> int:
        return self.count


class VisibleSpike(SuddenTrafficSpike):
    """A spike whose students can be seen, and whose uploads are refused on demand."""

    @property
    def load_rps(self) -> float:
        return self._rate_rps

    def addresses(self) -> Iterator[str]:
        return self._addresses

    def refuse(self, count: int) -> None:
        self._burst = Refusing("http://127.0.0.1:1", self.profile)
        self._burst.count = count


@pytest.fixture
def spike(system: System, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> VisibleSpike:
    monkeypatch.setattr(settings, "read", lambda *_: str(SHIPPED))
    monkeypatch.setattr(worker_capacity, "too_much_rps", lambda _: float(request.param))
    found = VisibleSpike()
    found.prepare(system)
    return found


def refused(uploads: list[str], allowed: int) -> int:
    """How many of the uploads of a minute a limit refuses."""
    return sum(max(0, count - allowed) for count in Counter(uploads).values())


@pytest.mark.parametrize("spike", [1, 4, 9, 30], indirect=True)
def test_limit_as_shipped_lets_all_of_a_minute_in(spike: VisibleSpike, system: System) -> None:
    in_a_minute = int(upload_backlog.may_wait(system) * upload_backlog.OVERFILL + spike.load_rps * MINUTE_S)
    assert refused([next(spike.addresses()) for _ in range(in_a_minute)], SHIPPED) == 0


@pytest.mark.parametrize("turned_after", range(8))
@pytest.mark.parametrize("spike", [9], indirect=True)
def test_half_of_the_limit_refuses_some_at_once_even_when_the_minute_has_just_turned(
    spike: VisibleSpike, turned_after: int
) -> None:
    for _ in range(turned_after):
        next(spike.addresses())
    next_seconds = [next(spike.addresses()) for _ in range(int(4 * spike.load_rps))]
    assert refused(next_seconds, SHIPPED // 2) >= REFUSED


@pytest.mark.parametrize("spike", [9], indirect=True)
def test_limit_that_refuses_nothing_is_no_answer_to_the_spike(
    spike: VisibleSpike, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_backlog.UploadBacklog, "inject", lambda *_: spike.refuse(7))
    spike.inject(system)
    spike.refuse(7 + REFUSED - 1)
    assert not spike.solution_applied(system).ok
    spike.refuse(7 + REFUSED)
    assert spike.solution_applied(system).ok
