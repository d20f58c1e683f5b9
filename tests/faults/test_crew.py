"""The load that is too much for a crew follows from how fast the crew was seen to be."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Self, cast

import pytest

from drills.common.waiting import WaitTimeout
from scenarios.faults import crew

if TYPE_CHECKING:
    from drills.drill.system import System


class Few:
    """Uploads that are all accepted."""

    def __init__(self, *_: object) -> None:
        self.jobs: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, number: int) -> None:
        self.jobs = tuple(f"job-{each}" for each in range(number))


def system(*, ended: int, per_minute: int) -> System:
    def count_rows(query: str, jobs: list[str]) -> int:
        assert len(jobs) == crew.SAMPLE
        return {crew.ENDED: ended, crew.PER_MINUTE: per_minute}[query]

    front = SimpleNamespace(front_url="http://127.0.0.1:1")
    return cast("System", SimpleNamespace(target=front, count_rows=count_rows))


@pytest.fixture(autouse=True)
def _accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "UploadBurst", Few)


@pytest.mark.parametrize("per_minute", [60, 300, 840])
def test_load_outdoes_the_crew_and_not_one_two_and_a_half_times_as_large(per_minute: int) -> None:
    load_rps = crew.too_much_rps(system(ended=crew.SAMPLE, per_minute=per_minute))
    assert 1.2 * per_minute / 60 < load_rps < 2.5 * per_minute / 60 / 1.2


def test_crew_that_does_not_get_its_sample_done_is_no_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "SAMPLE_DEADLINE_S", 0.1)
    with pytest.raises(WaitTimeout, match=f"{crew.SAMPLE} files read"):
        crew.too_much_rps(system(ended=crew.SAMPLE - 1, per_minute=60))
