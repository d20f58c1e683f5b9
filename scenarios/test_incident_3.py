"""Incident 3, high resource utilization: the runbook's five solutions, each tried on a running stack."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from drills import Scenario, Symptom, SymptomChange
from drills.faults.host.disk_pressure import DiskPressure
from drills.faults.redis.redis_memory_pressure import RedisMemoryPressure
from load.profiles import CALM
from scenarios.faults.large_pdf_files import LargePdfFiles
from scenarios.faults.redis_out_of_memory import CACHE
from scenarios.faults.too_many_concurrent_jobs import TooManyConcurrentJobs
from scenarios.faults.worker_memory_leak import WorkerMemoryLeak

if TYPE_CHECKING:
    from drills import RunDrill

WORKER_MEMORY_GROWS = Symptom("docker stats pdf-worker", r"([\d.]+)MiB /", SymptomChange.GROWS)
WORKER_HAS_MANY_PROCESSES = Symptom(
    "docker stats pdf-worker", r"pdf-worker .* (?:[2-9]\d|\d{3,})\s*$", SymptomChange.APPEARS
)
"""The last column: each file that is read at a time has a process of its own, and a few of them make less than 20."""
LARGE_FILES_APPEAR = Symptom("docker logs pdf-worker", r"parsing \d{7,} bytes", SymptomChange.APPEARS)
DISK_USAGE_GROWS = Symptom("df -h", r"(\d+)% +/var/lib/docker", SymptomChange.GROWS)
REDIS_MEMORY_GROWS = Symptom("docker stats --no-stream", r"redis +[\d.]+% +([\d.]+)MiB", SymptomChange.GROWS)


@pytest.mark.drill("3.1")
def test_worker_memory_leak(run_drill: RunDrill) -> None:
    """Restarting the workers releases the memory that a leaking release of theirs never would."""
    run_drill(
        Scenario(
            cause="3.1",
            fault=WorkerMemoryLeak,
            traffic=CALM,
            symptom=WORKER_MEMORY_GROWS,
            rules_out=(WORKER_HAS_MANY_PROCESSES, LARGE_FILES_APPEAR),
            restart_after_recovery="worker",
            lasting="relief",
        )
    )


@pytest.mark.drill("3.2")
def test_too_many_concurrent_jobs(run_drill: RunDrill) -> None:
    """A worker that takes fewer jobs at a time needs less memory for them."""
    run_drill(
        Scenario(
            cause="3.2",
            fault=TooManyConcurrentJobs,
            traffic=CALM,
            symptom=WORKER_HAS_MANY_PROCESSES,
            restart_after_recovery="worker",
            lasting="cure",
        )
    )


@pytest.mark.exclusive
@pytest.mark.drill("3.3")
def test_large_pdf_files(run_drill: RunDrill) -> None:
    """Where only smaller files are accepted, the worker's CPU is free as soon as the last large file is read."""
    run_drill(
        Scenario(
            cause="3.3",
            fault=LargePdfFiles,
            traffic=CALM,
            symptom=LARGE_FILES_APPEAR,
            restart_after_recovery="worker",
            lasting="cure",
        )
    )


@pytest.mark.drill("3.4")
def test_disk_full(run_drill: RunDrill) -> None:
    """Removing what no container uses, volumes included, empties a disk that stopped containers have filled."""
    run_drill(
        Scenario(
            cause="3.4",
            fault=partial(DiskPressure, "object_store"),
            traffic=CALM,
            symptom=DISK_USAGE_GROWS,
            restart_after_recovery="database",
            lasting="unknown",
        )
    )


@pytest.mark.headline
@pytest.mark.drill("3.5")
def test_redis_memory_full(run_drill: RunDrill) -> None:
    """A larger maxmemory gives Redis space, and nothing is deleted."""
    run_drill(
        Scenario(
            cause="3.5",
            fault=partial(RedisMemoryPressure, CACHE),
            traffic=CALM,
            symptom=REDIS_MEMORY_GROWS,
            restart_after_recovery="cache",
            lasting="relief",
        )
    )
