"""A leak is brought back as it came: until a worker is over the threshold, and never without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.faults.container import memory_usage
from scenarios.faults import worker_memory_leak
from scenarios.faults.worker_memory_leak import MORE, OVER, WorkerMemoryLeak
from scenarios.helpers import students

if TYPE_CHECKING:
    from drills.drill.system import System

LIMIT = 0.8
FIRST = 10
STEP = 0.05


class Worker:
    """A worker whose memory grows by STEP with each upload, for as long as it leaks."""

    def __init__(self) -> None:
        self.uploads = 0
        self.step = STEP

    def upload(self, *_: object) -> tuple[str, ...]:
        self.uploads += 1
        return (f"job-{self.uploads}",)

    def share(self, *_: object) -> float:
        return 0.36 + self.step * self.uploads


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    worker = Worker()
    monkeypatch.setattr(memory_usage, "limit", lambda _: LIMIT)
    monkeypatch.setattr(worker_memory_leak, "_fullest", worker.share)
    monkeypatch.setattr(students, "upload_together", worker.upload)
    monkeypatch.setattr(students, "await_end", lambda *_: None)
    return worker


@pytest.fixture
def fault(worker: Worker, system: System) -> WorkerMemoryLeak:
    """Return the fault that has brought the worker over the threshold, which is restarted since."""
    fault = WorkerMemoryLeak()
    fault.inject(system)
    assert len(fault.acknowledged()) == FIRST
    worker.uploads = 0
    return fault


def test_a_leak_is_brought_over_the_threshold_again(worker: Worker, fault: WorkerMemoryLeak, system: System) -> None:
    fault.reapply_load(system)
    assert worker.share() >= LIMIT * OVER
    assert worker.uploads == FIRST


def test_a_cured_worker_gets_half_more(worker: Worker, fault: WorkerMemoryLeak, system: System) -> None:
    worker.step = 0.0
    fault.reapply_load(system)
    assert worker.uploads == round(FIRST * MORE)
