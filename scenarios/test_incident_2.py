"""Incident 2, slow responses: the runbook's five solutions, each tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import Scenario, Symptom, SymptomChange
from load.profiles import CALENDARS, CALM, LONG_POLLING, UPLOADS_AND_CALENDARS
from scenarios.faults.backend_memory_growth import BackendMemoryGrowth
from scenarios.faults.cache_not_working import CacheNotWorking
from scenarios.faults.not_enough_workers import NotEnoughWorkers
from scenarios.faults.slow_query import SlowQuery
from scenarios.faults.too_many_concurrent_users import TooManyConcurrentUsers

if TYPE_CHECKING:
    from drills import RunDrill

QUEUE = "/api/jobs/metrics"
STATS = "docker stats"
WAITING_JOBS_GROW = Symptom(QUEUE, r'"waiting":(\d+)', SymptomChange.GROWS)
HUNDREDS_WAIT = Symptom(QUEUE, r'"waiting":\d{3,}', SymptomChange.APPEARS)
QUERY_RUNS_FOR_SECONDS = Symptom(
    "query_start", r"^ *\d+ \| (?!00:00:00)\d\d:\d\d:\d\d\.\d+ \| .*", SymptomChange.APPEARS
)
QUEUE_METRICS_VANISH = Symptom(QUEUE, r'"waiting":\d+', SymptomChange.VANISHES)
BACKEND_CPU_GROWS = Symptom(STATS, r"\sbackend\s+([\d.]+)%", SymptomChange.GROWS)
BACKEND_MEMORY_GROWS = Symptom(STATS, r"\sbackend\s+[\d.]+%\s+([\d.]+)MiB", SymptomChange.GROWS)


@pytest.mark.exclusive
@pytest.mark.drill("2.1")
def test_high_queue_depth(run_drill: RunDrill) -> None:
    """Ten workers empty a deep queue, and students no longer wait for the schedules of all others."""
    run_drill(
        Scenario(
            cause="2.1",
            fault=NotEnoughWorkers,
            traffic=LONG_POLLING,
            symptom=WAITING_JOBS_GROW,
            restart_after_recovery="worker",
            lasting="cure",
        )
    )


@pytest.mark.drill("2.2")
def test_database_slow_queries(run_drill: RunDrill) -> None:
    """Ending the query that all requests wait for helps until it is repeated; with an index it is short."""
    run_drill(
        Scenario(
            cause="2.2",
            fault=SlowQuery,
            traffic=CALM,
            symptom=QUERY_RUNS_FOR_SECONDS,
            restart_after_recovery="database",
            lasting="cure",
        )
    )


@pytest.mark.headline
@pytest.mark.drill("2.3")
def test_cache_not_working(run_drill: RunDrill) -> None:
    """Restarting a frozen Redis brings its answers back, and with its append-only file all that it held."""
    run_drill(
        Scenario(
            cause="2.3",
            fault=CacheNotWorking,
            traffic=CALM,
            symptom=QUEUE_METRICS_VANISH,
            restart_after_recovery="cache",
            lasting="cure",
        )
    )


@pytest.mark.exclusive(weight=2)
@pytest.mark.drill("2.4")
def test_too_many_concurrent_users(run_drill: RunDrill) -> None:
    """Three backends serve the users that one kept waiting."""
    run_drill(
        Scenario(
            cause="2.4",
            fault=TooManyConcurrentUsers,
            traffic=CALENDARS,
            symptom=BACKEND_CPU_GROWS,
            rules_out=(HUNDREDS_WAIT, BACKEND_MEMORY_GROWS),
            restart_after_recovery="backend",
            lasting="cure",
        )
    )


@pytest.mark.drill("2.5")
def test_memory_pressure(run_drill: RunDrill) -> None:
    """A restart empties the memory of a growing release; it fills again with the next uploads."""
    run_drill(
        Scenario(
            cause="2.5",
            fault=BackendMemoryGrowth,
            traffic=UPLOADS_AND_CALENDARS,
            symptom=BACKEND_MEMORY_GROWS,
            restart_after_recovery="backend",
            lasting="relief",
        )
    )
