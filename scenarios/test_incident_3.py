"""Incident 3, high resource utilization: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Symptom, SymptomChange
from load.profiles import CALM
from scenarios.faults.filling import FillingDisk
from scenarios.faults.growing import GrowingCache
from scenarios.faults.keepsakes import Keepsakes
from scenarios.faults.large import LargePdfs
from scenarios.faults.slots import ManySlots

if TYPE_CHECKING:
    from drills.plugin.experiment import Experiment

WORKER_MEMORY = Symptom("docker stats pdf-worker", r"([\d.]+)MiB /", SymptomChange.GROWS)
FILE_SIZES = Symptom("docker logs pdf-worker", r"parsing (\d+) bytes", SymptomChange.GROWS)
DISK_USED = Symptom("df -h", r"(\d+)% +/var/lib/docker", SymptomChange.GROWS)
REDIS_MEMORY = Symptom("docker stats --no-stream", r"redis +[\d.]+% +([\d.]+)MiB", SymptomChange.GROWS)


@pytest.mark.drill("3.1")
def test_worker_memory_leak(run_drill: Experiment) -> None:
    """Restarting the workers gives back what a leaking release of theirs never would."""
    run_drill(
        Scenario(cause="3.1", fault=Keepsakes, traffic=CALM, symptom=WORKER_MEMORY, restart_after_recovery="worker")
    )


@pytest.mark.drill("3.2")
def test_too_many_concurrent_jobs(run_drill: Experiment) -> None:
    """A worker that takes fewer jobs at a time needs less memory for them."""
    run_drill(
        Scenario(cause="3.2", fault=ManySlots, traffic=CALM, symptom=WORKER_MEMORY, restart_after_recovery="worker")
    )


@pytest.mark.exclusive
@pytest.mark.drill("3.3")
def test_large_pdf_files(run_drill: Experiment) -> None:
    """Where only smaller files are accepted, the worker has time to breathe as soon as the last large one is read."""
    run_drill(Scenario(cause="3.3", fault=LargePdfs, traffic=CALM, symptom=FILE_SIZES, restart_after_recovery="worker"))


@pytest.mark.drill("3.4")
def test_disk_full(run_drill: Experiment) -> None:
    """Removing what no container uses, volumes included, empties a disk that is full of leftovers."""
    run_drill(
        Scenario(cause="3.4", fault=FillingDisk, traffic=CALM, symptom=DISK_USED, restart_after_recovery="database")
    )


@pytest.mark.headline
@pytest.mark.drill("3.5")
def test_redis_memory_full(run_drill: Experiment) -> None:
    """A larger maxmemory gives Redis room, and nothing is deleted."""
    run_drill(
        Scenario(cause="3.5", fault=GrowingCache, traffic=CALM, symptom=REDIS_MEMORY, restart_after_recovery="cache")
    )
