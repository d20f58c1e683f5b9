"""Incident 6, service down: the runbook's six solutions, each tried on a running stack."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from drills import Scenario, Symptom, SymptomChange, Verdict
from drills.faults.configuration.configuration_error import ConfigurationError
from drills.faults.container.container_crashed import ContainerCrashed
from drills.faults.container.memory_limit_too_low import MemoryLimitTooLow
from drills.faults.network.port_conflict import PortConflict
from drills.faults.release.bad_deployment import BadDeployment
from load.profiles import CALM
from scenarios.helpers.services import DEPLOY

if TYPE_CHECKING:
    from drills import RunDrill

HALF_OF_AN_IDLE_BACKEND = "40m"
"""Less than half of the memory that the backend holds when it is idle, so the kernel kills it while it starts."""
BACKEND_LOG = "docker logs backend --tail 100"
BACKEND_EXITED = Symptom("docker ps -a | grep backend", r"Exited \(\d+\)", SymptomChange.APPEARS)
BACKEND_KILLED_FOR_MEMORY = Symptom("OOMKilled", r"^/backend OOMKilled=true", SymptomChange.APPEARS)
DATABASE_DOES_NOT_ACCEPT = Symptom("pg_isready", "accepting connections", SymptomChange.VANISHES)
LOG_HAS_MISSING_MODULE = Symptom(BACKEND_LOG, "ModuleNotFoundError", SymptomChange.APPEARS)
FOREIGN_PROGRAM_LISTENS = Symptom("netstat", r"LISTEN +\d+/(?!docker-proxy)\S+", SymptomChange.APPEARS)
LOG_HAS_REFUSED_SETTING = Symptom(BACKEND_LOG, "settings: DB_POOL_MAX", SymptomChange.APPEARS)


@pytest.mark.headline
@pytest.mark.drill("6.1")
def test_container_crashed(run_drill: RunDrill) -> None:
    """Restarting a service starts its container even where Docker no longer tries to."""
    run_drill(
        Scenario(
            cause="6.1",
            fault=partial(ContainerCrashed, "backend"),
            traffic=CALM,
            symptom=BACKEND_EXITED,
            restart_after_recovery="backend",
            lasting="cure",
        )
    )


@pytest.mark.drill("6.2")
def test_out_of_memory(run_drill: RunDrill) -> None:
    """A higher memory limit lets the backend run, once its container is created anew with it."""
    run_drill(
        Scenario(
            cause="6.2",
            fault=partial(MemoryLimitTooLow, "backend", "BACKEND_MEMORY", HALF_OF_AN_IDLE_BACKEND),
            traffic=CALM,
            symptom=BACKEND_KILLED_FOR_MEMORY,
            restart_after_recovery="backend",
            lasting="cure",
            original=Verdict.REFUTED,
            finding="a restart keeps the container with the limit it was created with",
        )
    )


@pytest.mark.drill("6.3")
def test_dependency_down(run_drill: RunDrill) -> None:
    """Restarting the database brings the backend back, which connects again by itself."""
    run_drill(
        Scenario(
            cause="6.3",
            fault=partial(ContainerCrashed, "database"),
            traffic=CALM,
            symptom=DATABASE_DOES_NOT_ACCEPT,
            restart_after_recovery="database",
            lasting="cure",
        )
    )


@pytest.mark.drill("6.4")
def test_bad_deployment(run_drill: RunDrill) -> None:
    """Going back one release works although the bad release never became healthy."""
    run_drill(
        Scenario(
            cause="6.4",
            fault=partial(BadDeployment, "backend", "1.1.0-broken", DEPLOY),
            traffic=CALM,
            symptom=LOG_HAS_MISSING_MODULE,
            restart_after_recovery="backend",
            lasting="cure",
        )
    )


@pytest.mark.drill("6.5")
def test_port_conflict(run_drill: RunDrill) -> None:
    """Once the foreign program has left the port, the gateway can be started again."""
    run_drill(
        Scenario(
            cause="6.5",
            fault=partial(PortConflict, "gateway"),
            traffic=CALM,
            symptom=FOREIGN_PROGRAM_LISTENS,
            restart_after_recovery="gateway",
            lasting="cure",
        )
    )


@pytest.mark.drill("6.6")
def test_configuration_error(run_drill: RunDrill) -> None:
    """The configuration that was committed last brings the backend back."""
    run_drill(
        Scenario(
            cause="6.6",
            fault=partial(ConfigurationError, "backend", "DB_POOL_MAX", "unlimited"),
            traffic=CALM,
            symptom=LOG_HAS_REFUSED_SETTING,
            restart_after_recovery="backend",
            lasting="cure",
        )
    )
