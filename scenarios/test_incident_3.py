"""Incident 3, high resource utilization: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Change, Sign
from load.profiles import CALM
from scenarios.faults.filling import FillingDisk
from scenarios.faults.growing import GrowingCache
from scenarios.faults.keepsakes import Keepsakes
from scenarios.faults.large import LargePdfs
from scenarios.faults.slots import ManySlots

if TYPE_CHECKING:
    from drills.plugin.experiment import Pair

WORKER_MEMORY = Sign("docker stats pdf-worker", r"([\d.]+)MiB /", Change.GROWS)
FILE_SIZES = Sign("docker logs pdf-worker", r"parsing (\d+) bytes", Change.GROWS)
DISK_USED = Sign("df -h", r"(\d+)% +/var/lib/docker", Change.GROWS)
REDIS_MEMORY = Sign("docker stats --no-stream", r"redis +[\d.]+% +([\d.]+)MiB", Change.GROWS)


@pytest.mark.drill("3.1")
def test_worker_memory_leak(hold: Pair) -> None:
    """Restarting the workers gives back what a leaking release of theirs never would."""
    hold(Scenario(cause="3.1", fault=Keepsakes, traffic=CALM, sign=WORKER_MEMORY, service="worker"))


@pytest.mark.drill("3.2")
def test_too_many_concurrent_jobs(hold: Pair) -> None:
    """A worker that takes fewer jobs at a time needs less memory for them."""
    hold(Scenario(cause="3.2", fault=ManySlots, traffic=CALM, sign=WORKER_MEMORY, service="worker"))


@pytest.mark.busy
@pytest.mark.drill("3.3")
def test_large_pdf_files(hold: Pair) -> None:
    """Where only smaller files are accepted, the worker has time to breathe as soon as the last large one is read."""
    hold(Scenario(cause="3.3", fault=LargePdfs, traffic=CALM, sign=FILE_SIZES, service="worker"))


@pytest.mark.drill("3.4")
def test_disk_full(hold: Pair) -> None:
    """Removing what no container uses, volumes included, empties a disk that is full of leftovers."""
    hold(Scenario(cause="3.4", fault=FillingDisk, traffic=CALM, sign=DISK_USED, service="database"))


@pytest.mark.headline
@pytest.mark.drill("3.5")
def test_redis_memory_full(hold: Pair) -> None:
    """A larger maxmemory gives Redis room, and nothing is deleted."""
    hold(Scenario(cause="3.5", fault=GrowingCache, traffic=CALM, sign=REDIS_MEMORY, service="cache"))
