"""Incident 1, high error rate: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Symptom, SymptomChange
from drills.record.verdicts import Verdict
from drills.sandbox.sandbox import ENGINE_DIR
from load.profiles import CALM, STEADY
from scenarios.faults.leftovers import Leftovers
from scenarios.faults.memory import CacheMemory
from scenarios.faults.overload import OverloadedWorkers
from scenarios.faults.refusal import RefusingPool
from scenarios.faults.release import BadRelease

if TYPE_CHECKING:
    from drills.plugin.experiment import Experiment

BACKEND_LOG = "docker logs backend --tail 100"
NEW_ERROR = Symptom(BACKEND_LOG, "KeyError", SymptomChange.APPEARS)
NO_CONNECTION = Symptom(BACKEND_LOG, "Connection pool exhausted", SymptomChange.APPEARS)
TURNED_AWAY = Symptom(BACKEND_LOG, "workers overloaded", SymptomChange.APPEARS)
NO_MEMORY = Symptom(BACKEND_LOG, "OutOfMemory", SymptomChange.APPEARS)
NO_SPACE = Symptom("df -h", rf"\s100% {ENGINE_DIR}$", SymptomChange.APPEARS)


@pytest.mark.headline
@pytest.mark.drill("1.1")
def test_bad_deployment(run_drill: Experiment) -> None:
    """Going back one release ends the errors that came with the last one."""
    run_drill(
        Scenario(
            cause="1.1",
            fault=partial(BadRelease, "1.1.0-errors"),
            traffic=STEADY,
            symptom=NEW_ERROR,
            restart_after_recovery="backend",
        )
    )


@pytest.mark.drill("1.2")
def test_pool_exhausted(run_drill: Experiment) -> None:
    """Restarting the backend ends the refusals, until the release has lost the new connections too."""
    run_drill(
        Scenario(
            cause="1.2",
            fault=RefusingPool,
            traffic=STEADY,
            symptom=NO_CONNECTION,
            restart_after_recovery="backend",
        )
    )


@pytest.mark.drill("1.3")
def test_workers_overloaded(run_drill: Experiment) -> None:
    """Five workers keep up with what two do not, so that no upload is refused any more."""
    run_drill(
        Scenario(
            cause="1.3",
            fault=OverloadedWorkers,
            traffic=CALM,
            symptom=TURNED_AWAY,
            restart_after_recovery="worker",
        )
    )


@pytest.mark.drill("1.4")
def test_redis_out_of_memory(run_drill: Experiment) -> None:
    """Deleting the cache stops the errors and nothing else; emptying Redis costs every session and waiting job."""
    run_drill(
        Scenario(
            cause="1.4",
            fault=CacheMemory,
            traffic=STEADY,
            symptom=NO_MEMORY,
            restart_after_recovery="cache",
            original=Verdict.CONFIRMED_WITH_LOSS,
            finding="FLUSHDB empties the queue and the session store together with the cache",
        )
    )


@pytest.mark.drill("1.5")
def test_disk_full(run_drill: Experiment) -> None:
    """Removing what Docker no longer uses makes room, and the stores write again by themselves."""
    run_drill(
        Scenario(
            cause="1.5",
            fault=Leftovers,
            traffic=STEADY,
            symptom=NO_SPACE,
            restart_after_recovery="object_store",
        )
    )
