"""Incident 6, service down: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Symptom, SymptomChange
from drills.record.verdicts import Verdict
from load.profiles import CALM
from scenarios.faults.crash import Crash
from scenarios.faults.misconfiguration import SETTING, Misconfiguration
from scenarios.faults.release import BadRelease
from scenarios.faults.squatter import Squatter
from scenarios.faults.starvation import Starvation

if TYPE_CHECKING:
    from drills.plugin.experiment import Experiment

BACKEND_LOG = "docker logs backend --tail 100"
GONE = Symptom("docker ps -a | grep backend", r"Exited \(\d+\)", SymptomChange.APPEARS)
STARVED = Symptom("OOMKilled", r"^/backend OOMKilled=true", SymptomChange.APPEARS)
DATABASE_SILENT = Symptom("pg_isready", "accepting connections", SymptomChange.VANISHES)
CANNOT_LOAD = Symptom(BACKEND_LOG, "ModuleNotFoundError", SymptomChange.APPEARS)
STRANGER = Symptom("netstat", r"LISTEN +\d+/(?!docker-proxy)\S+", SymptomChange.APPEARS)
REFUSES_SETTING = Symptom(BACKEND_LOG, f"settings: {SETTING}", SymptomChange.APPEARS)


@pytest.mark.headline
@pytest.mark.drill("6.1")
def test_container_crashed(run_drill: Experiment) -> None:
    """Restarting a service starts its container even where Docker has given up on it."""
    run_drill(
        Scenario(
            cause="6.1",
            fault=partial(Crash, "backend"),
            traffic=CALM,
            symptom=GONE,
            restart_after_recovery="backend",
        )
    )


@pytest.mark.drill("6.2")
def test_out_of_memory(run_drill: Experiment) -> None:
    """A higher memory limit lets the backend live, once its container is created anew with it."""
    run_drill(
        Scenario(
            cause="6.2",
            fault=Starvation,
            traffic=CALM,
            symptom=STARVED,
            restart_after_recovery="backend",
            original=Verdict.REFUTED,
            finding="a restart keeps the container with the limit it was created with",
        )
    )


@pytest.mark.drill("6.3")
def test_dependency_down(run_drill: Experiment) -> None:
    """Restarting the database brings the backend back, which finds it again by itself."""
    run_drill(
        Scenario(
            cause="6.3",
            fault=partial(Crash, "database"),
            traffic=CALM,
            symptom=DATABASE_SILENT,
            restart_after_recovery="database",
        )
    )


@pytest.mark.drill("6.4")
def test_bad_deployment(run_drill: Experiment) -> None:
    """Going back one release works although the release to leave never became healthy."""
    run_drill(
        Scenario(
            cause="6.4",
            fault=partial(BadRelease, "1.1.0-broken"),
            traffic=CALM,
            symptom=CANNOT_LOAD,
            restart_after_recovery="backend",
        )
    )


@pytest.mark.drill("6.5")
def test_port_conflict(run_drill: Experiment) -> None:
    """Once the foreign program is gone from its port, the front end can be started again."""
    run_drill(
        Scenario(
            cause="6.5",
            fault=Squatter,
            traffic=CALM,
            symptom=STRANGER,
            restart_after_recovery="gateway",
        )
    )


@pytest.mark.drill("6.6")
def test_configuration_error(run_drill: Experiment) -> None:
    """The configuration that was committed last brings the backend back."""
    run_drill(
        Scenario(
            cause="6.6",
            fault=Misconfiguration,
            traffic=CALM,
            symptom=REFUSES_SETTING,
            restart_after_recovery="backend",
        )
    )
