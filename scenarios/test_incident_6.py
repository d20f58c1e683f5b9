"""Incident 6, service down: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Change, Sign
from drills.record.verdicts import Verdict
from load.profiles import CALM
from scenarios.faults.crash import Crash
from scenarios.faults.misconfiguration import SETTING, Misconfiguration
from scenarios.faults.release import BadRelease
from scenarios.faults.squatter import Squatter
from scenarios.faults.starvation import Starvation

if TYPE_CHECKING:
    from drills.plugin.experiment import Pair

BACKEND_LOG = "docker logs backend --tail 100"
GONE = Sign("docker ps -a | grep backend", r"Exited \(\d+\)", Change.APPEARS)
STARVED = Sign("OOMKilled", r"^/backend OOMKilled=true", Change.APPEARS)
DATABASE_SILENT = Sign("pg_isready", "accepting connections", Change.VANISHES)
CANNOT_LOAD = Sign(BACKEND_LOG, "ModuleNotFoundError", Change.APPEARS)
STRANGER = Sign("netstat", r"LISTEN +\d+/(?!docker-proxy)\S+", Change.APPEARS)
REFUSES_SETTING = Sign(BACKEND_LOG, f"settings: {SETTING}", Change.APPEARS)


@pytest.mark.headline
@pytest.mark.drill("6.1")
def test_container_crashed(hold: Pair) -> None:
    """Restarting a service starts its container even where Docker has given up on it."""
    hold(
        Scenario(
            cause="6.1",
            fault=partial(Crash, "backend"),
            traffic=CALM,
            sign=GONE,
            service="backend",
        )
    )


@pytest.mark.drill("6.2")
def test_out_of_memory(hold: Pair) -> None:
    """A higher memory limit lets the backend live, once its container is created anew with it."""
    hold(
        Scenario(
            cause="6.2",
            fault=Starvation,
            traffic=CALM,
            sign=STARVED,
            service="backend",
            original=Verdict.REFUTED,
            finding="a restart keeps the container with the limit it was created with",
        )
    )


@pytest.mark.drill("6.3")
def test_dependency_down(hold: Pair) -> None:
    """Restarting the database brings the backend back, which finds it again by itself."""
    hold(
        Scenario(
            cause="6.3",
            fault=partial(Crash, "database"),
            traffic=CALM,
            sign=DATABASE_SILENT,
            service="database",
        )
    )


@pytest.mark.drill("6.4")
def test_bad_deployment(hold: Pair) -> None:
    """Going back one release works although the release to leave never became healthy."""
    hold(
        Scenario(
            cause="6.4",
            fault=partial(BadRelease, "1.1.0-broken"),
            traffic=CALM,
            sign=CANNOT_LOAD,
            service="backend",
        )
    )


@pytest.mark.drill("6.5")
def test_port_conflict(hold: Pair) -> None:
    """Once the foreign program is gone from its port, the front end can be started again."""
    hold(
        Scenario(
            cause="6.5",
            fault=Squatter,
            traffic=CALM,
            sign=STRANGER,
            service="gateway",
        )
    )


@pytest.mark.drill("6.6")
def test_configuration_error(hold: Pair) -> None:
    """The configuration that was committed last brings the backend back."""
    hold(
        Scenario(
            cause="6.6",
            fault=Misconfiguration,
            traffic=CALM,
            sign=REFUSES_SETTING,
            service="backend",
        )
    )
