"""Incident 1, high error rate: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Change, Sign
from drills.record.verdicts import Verdict
from drills.sandbox.sandbox import ENGINE_DIR
from load.profiles import CALM, STEADY
from scenarios.faults.leftovers import Leftovers
from scenarios.faults.memory import CacheMemory
from scenarios.faults.overload import OverloadedWorkers
from scenarios.faults.refusal import RefusingPool
from scenarios.faults.release import BadRelease

if TYPE_CHECKING:
    from drills.plugin.experiment import Pair

BACKEND_LOG = "docker logs backend --tail 100"
NEW_ERROR = Sign(BACKEND_LOG, "KeyError", Change.APPEARS)
NO_CONNECTION = Sign(BACKEND_LOG, "Connection pool exhausted", Change.APPEARS)
TURNED_AWAY = Sign(BACKEND_LOG, "workers overloaded", Change.APPEARS)
NO_MEMORY = Sign(BACKEND_LOG, "OutOfMemory", Change.APPEARS)
NO_SPACE = Sign("df -h", rf"\s100% {ENGINE_DIR}$", Change.APPEARS)


@pytest.mark.headline
@pytest.mark.drill("1.1")
def test_bad_deployment(hold: Pair) -> None:
    """Going back one release ends the errors that came with the last one."""
    hold(
        Scenario(
            cause="1.1",
            fault=partial(BadRelease, "1.1.0-errors"),
            traffic=STEADY,
            sign=NEW_ERROR,
            service="backend",
        )
    )


@pytest.mark.drill("1.2")
def test_pool_exhausted(hold: Pair) -> None:
    """Restarting the backend ends the refusals, until the release has lost the new connections too."""
    hold(
        Scenario(
            cause="1.2",
            fault=RefusingPool,
            traffic=STEADY,
            sign=NO_CONNECTION,
            service="backend",
        )
    )


@pytest.mark.drill("1.3")
def test_workers_overloaded(hold: Pair) -> None:
    """Five workers keep up with what two do not, so that no upload is refused any more."""
    hold(
        Scenario(
            cause="1.3",
            fault=OverloadedWorkers,
            traffic=CALM,
            sign=TURNED_AWAY,
            service="worker",
        )
    )


@pytest.mark.drill("1.4")
def test_redis_out_of_memory(hold: Pair) -> None:
    """Deleting the cache stops the errors and nothing else; emptying Redis costs every session and waiting job."""
    hold(
        Scenario(
            cause="1.4",
            fault=CacheMemory,
            traffic=STEADY,
            sign=NO_MEMORY,
            service="cache",
            original=Verdict.CONFIRMED_WITH_LOSS,
            finding="FLUSHDB empties the queue and the session store together with the cache",
        )
    )


@pytest.mark.drill("1.5")
def test_disk_full(hold: Pair) -> None:
    """Removing what Docker no longer uses makes room, and the stores write again by themselves."""
    hold(
        Scenario(
            cause="1.5",
            fault=Leftovers,
            traffic=STEADY,
            sign=NO_SPACE,
            service="object_store",
        )
    )
