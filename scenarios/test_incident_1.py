"""Incident 1, high error rate: the runbook's five solutions, each tried on a running stack."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from drills import Scenario, Symptom, SymptomChange, Verdict
from drills.faults.host.disk_full import DiskFull
from drills.faults.release.bad_deployment import BadDeployment
from load.profiles import STEADY, UPLOADS
from scenarios.faults.connection_pool_exhausted import ConnectionPoolExhausted
from scenarios.faults.redis_out_of_memory import RedisOutOfMemory
from scenarios.faults.worker_overloaded import WorkerOverloaded
from scenarios.helpers.services import DEPLOY

if TYPE_CHECKING:
    from drills import RunDrill

BACKEND_LOG = "docker logs backend --tail 100"
LOG_HAS_KEY_ERROR = Symptom(BACKEND_LOG, "KeyError", SymptomChange.APPEARS)
LOG_HAS_POOL_EXHAUSTED = Symptom(BACKEND_LOG, "Connection pool exhausted", SymptomChange.APPEARS)
LOG_HAS_WORKERS_OVERLOADED = Symptom(BACKEND_LOG, "workers overloaded", SymptomChange.APPEARS)
LOG_HAS_OUT_OF_MEMORY = Symptom(BACKEND_LOG, "OutOfMemory", SymptomChange.APPEARS)
DISK_IS_FULL = Symptom("df -h", r"\s100% /var/lib/docker$", SymptomChange.APPEARS)


@pytest.mark.headline
@pytest.mark.drill("1.1")
def test_bad_deployment(run_drill: RunDrill) -> None:
    """Going back one release ends the errors that came with the last one."""
    run_drill(
        Scenario(
            cause="1.1",
            fault=partial(BadDeployment, "backend", "1.1.0-errors", DEPLOY),
            traffic=STEADY,
            symptom=LOG_HAS_KEY_ERROR,
            restart_after_recovery="backend",
            lasting="cure",
        )
    )


@pytest.mark.drill("1.2")
def test_connection_pool_exhausted(run_drill: RunDrill) -> None:
    """Restarting the backend ends the errors, until the release has lost the new connections too."""
    run_drill(
        Scenario(
            cause="1.2",
            fault=ConnectionPoolExhausted,
            traffic=STEADY,
            symptom=LOG_HAS_POOL_EXHAUSTED,
            restart_after_recovery="backend",
            lasting="relief",
        )
    )


@pytest.mark.drill("1.3")
def test_worker_overloaded(run_drill: RunDrill) -> None:
    """Five workers keep up with what two do not, so that no upload is refused any more."""
    run_drill(
        Scenario(
            cause="1.3",
            fault=WorkerOverloaded,
            traffic=UPLOADS,
            symptom=LOG_HAS_WORKERS_OVERLOADED,
            restart_after_recovery="worker",
            lasting="cure",
        )
    )


@pytest.mark.drill("1.4")
def test_redis_out_of_memory(run_drill: RunDrill) -> None:
    """Deleting the cache stops the errors and nothing else; emptying Redis costs every session and waiting job."""
    run_drill(
        Scenario(
            cause="1.4",
            fault=RedisOutOfMemory,
            traffic=STEADY,
            symptom=LOG_HAS_OUT_OF_MEMORY,
            restart_after_recovery="cache",
            lasting="relief",
            original=Verdict.CONFIRMED_WITH_LOSS,
            finding="FLUSHDB empties the queue and the session store together with the cache",
        )
    )


@pytest.mark.drill("1.5")
def test_disk_full(run_drill: RunDrill) -> None:
    """Removing what Docker no longer uses frees the disk, and the stores write again by themselves."""
    run_drill(
        Scenario(
            cause="1.5",
            fault=partial(DiskFull, "worker"),
            traffic=STEADY,
            symptom=DISK_IS_FULL,
            restart_after_recovery="object_store",
            lasting="unknown",
        )
    )
