"""The load that is too much for the workers follows from how fast they were measured to be."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Self
from uuid import uuid4

import psycopg
import pytest

from drills import System
from drills.common.waiting import WaitTimeout
from drills.faults.configuration import settings
from scenarios.helpers import worker_capacity
from tests.helpers.small_postgres import folder_of_programs, small_postgres

if TYPE_CHECKING:
    from collections.abc import Callable

SLOTS = 4
PROGRAMS = folder_of_programs()


class AllAccepted:
    """Uploads that are all accepted."""

    def __init__(self, *_: object) -> None:
        self.jobs: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send_at_once(self, number: int) -> None:
        self.jobs = tuple(f"job-{each}" for each in range(number))


@pytest.fixture(autouse=True)
def _accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_capacity, "UploadBurst", AllAccepted)
    monkeypatch.setattr(settings, "read", lambda *_: str(SLOTS))


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the database report how many files of each sample were parsed, and how fast."""

    def read(*per_minute: int, ended: int) -> None:
        speeds = cycle(per_minute)

        def count_rows(_: System, query: str, jobs: list[str], *first: int) -> int:
            assert len(jobs) == worker_capacity.SAMPLE
            if query == worker_capacity.ENDED:
                return ended
            assert first == (SLOTS - 1,)
            return next(speeds)

        monkeypatch.setattr(System, "count_rows", count_rows)

    return read


@pytest.mark.parametrize("per_minute", [60, 300, 840])
def test_load_exceeds_the_workers_and_not_two_and_a_half_times_as_many(
    system: System, workers: Callable[..., None], per_minute: int
) -> None:
    workers(per_minute, ended=worker_capacity.SAMPLE)
    load_rps = worker_capacity.too_much_rps(system)
    assert 1.2 * per_minute / 60 < load_rps < 2.5 * per_minute / 60 / 1.2


@pytest.mark.parametrize("slowed", [(120, 300), (300, 120)])
def test_sample_that_the_machine_slowed_down_does_not_count(
    system: System, workers: Callable[..., None], slowed: tuple[int, int]
) -> None:
    workers(300, ended=worker_capacity.SAMPLE)
    quiet_rps = worker_capacity.too_much_rps(system)
    workers(*slowed, ended=worker_capacity.SAMPLE)
    assert worker_capacity.too_much_rps(system) == quiet_rps


def test_workers_that_do_not_get_the_sample_done_are_no_measure(
    system: System, workers: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_capacity, "SAMPLE_DEADLINE_S", 0.1)
    workers(60, ended=worker_capacity.SAMPLE - 1)
    with pytest.raises(WaitTimeout, match=f"{worker_capacity.SAMPLE} files read"):
        worker_capacity.too_much_rps(system)


@pytest.mark.skipif(PROGRAMS is None, reason="this machine has no programs of Postgres (initdb)")
def test_files_that_end_together_do_not_make_a_worker_faster() -> None:
    assert PROGRAMS is not None
    four_at_a_time_s = {str(uuid4()): 0.4 * (1 + number // SLOTS) for number in range(worker_capacity.SAMPLE)}
    with small_postgres(PROGRAMS) as address, psycopg.connect(f"{address} user=owner") as database:
        database.execute('CREATE TABLE jobs (id uuid, "completedAt" timestamptz)')
        for job, ended_s in four_at_a_time_s.items():
            database.execute("INSERT INTO jobs VALUES (%s, to_timestamp(%s))", (job, ended_s))
        row = database.execute(worker_capacity.PER_MINUTE.encode(), (list(four_at_a_time_s), SLOTS - 1)).fetchone()
    assert row is not None
    assert float(row[0]) / 60 == pytest.approx(SLOTS / 0.4)
