"""Incident 2, slow responses: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Symptom, SymptomChange
from load.profiles import CALM, SENDING, WAITING
from scenarios.faults.backlog import SmallCrew
from scenarios.faults.calendar_rush import CalendarRush
from scenarios.faults.hoard import Hoard
from scenarios.faults.hung_cache import HungCache
from scenarios.faults.statistics import Statistics

if TYPE_CHECKING:
    from drills.plugin.experiment import Experiment

QUEUE = "/api/jobs/metrics"
STATS = "docker stats"
DEEP = Symptom(QUEUE, r'"waiting":(\d+)', SymptomChange.GROWS)
SEARCHING = Symptom("query_start", r"^ *\d+ \| (?!00:00:00)\d\d:\d\d:\d\d\.\d+ \| .*", SymptomChange.APPEARS)
UNANSWERED = Symptom(QUEUE, r'"waiting":\d+', SymptomChange.VANISHES)
COMPUTING = Symptom(STATS, r"\sbackend\s+([\d.]+)%", SymptomChange.GROWS)
FULL = Symptom(STATS, r"\sbackend\s+[\d.]+%\s+([\d.]+)MiB", SymptomChange.GROWS)


@pytest.mark.exclusive
@pytest.mark.drill("2.1")
def test_high_queue_depth(run_drill: Experiment) -> None:
    """Ten workers empty a deep queue, and students who wait for their schedule no longer wait for everybody's."""
    run_drill(
        Scenario(
            cause="2.1",
            fault=SmallCrew,
            traffic=WAITING,
            symptom=DEEP,
            restart_after_recovery="worker",
        )
    )


@pytest.mark.drill("2.2")
def test_database_slow_queries(run_drill: Experiment) -> None:
    """Ending the query that holds everybody up helps until it comes back; with an index it does so unnoticed."""
    run_drill(
        Scenario(
            cause="2.2",
            fault=Statistics,
            traffic=CALM,
            symptom=SEARCHING,
            restart_after_recovery="database",
        )
    )


@pytest.mark.headline
@pytest.mark.drill("2.3")
def test_cache_not_working(run_drill: Experiment) -> None:
    """Restarting a Redis that hangs brings the answers back, and with its append-only file all it knew."""
    run_drill(
        Scenario(
            cause="2.3",
            fault=HungCache,
            traffic=CALM,
            symptom=UNANSWERED,
            restart_after_recovery="cache",
        )
    )


@pytest.mark.exclusive(weight=2)
@pytest.mark.drill("2.4")
def test_too_many_concurrent_users(run_drill: Experiment) -> None:
    """Three backends serve the users that one kept waiting."""
    run_drill(
        Scenario(
            cause="2.4",
            fault=CalendarRush,
            traffic=CALM,
            symptom=COMPUTING,
            restart_after_recovery="backend",
        )
    )


@pytest.mark.drill("2.5")
def test_memory_pressure(run_drill: Experiment) -> None:
    """A restart empties the memory of a release that hoards; it fills again with the next uploads."""
    run_drill(
        Scenario(
            cause="2.5",
            fault=Hoard,
            traffic=SENDING,
            symptom=FULL,
            restart_after_recovery="backend",
        )
    )
