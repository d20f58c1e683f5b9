"""Incident 2, slow responses: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Change, Sign
from load.profiles import CALM, SENDING, WAITING
from scenarios.faults.backlog import SmallCrew
from scenarios.faults.calendar_rush import CalendarRush
from scenarios.faults.hoard import Hoard
from scenarios.faults.hung_cache import HungCache
from scenarios.faults.statistics import Statistics

if TYPE_CHECKING:
    from drills.plugin.experiment import Pair

QUEUE = "/api/jobs/metrics"
STATS = "docker stats"
DEEP = Sign(QUEUE, r'"waiting":(\d+)', Change.GROWS)
SEARCHING = Sign("query_start", r"^ *\d+ \| (?!00:00:00)\d\d:\d\d:\d\d\.\d+ \| .*", Change.APPEARS)
UNANSWERED = Sign(QUEUE, r'"waiting":\d+', Change.VANISHES)
COMPUTING = Sign(STATS, r"\sbackend\s+([\d.]+)%", Change.GROWS)
FULL = Sign(STATS, r"\sbackend\s+[\d.]+%\s+([\d.]+)MiB", Change.GROWS)


@pytest.mark.busy
@pytest.mark.drill("2.1")
def test_high_queue_depth(hold: Pair) -> None:
    """Ten workers empty a deep queue, and students who wait for their schedule no longer wait for everybody's."""
    hold(
        Scenario(
            cause="2.1",
            fault=SmallCrew,
            traffic=WAITING,
            sign=DEEP,
            service="worker",
        )
    )


@pytest.mark.drill("2.2")
def test_database_slow_queries(hold: Pair) -> None:
    """Ending the query that holds everybody up helps until it comes back; with an index it does so unnoticed."""
    hold(
        Scenario(
            cause="2.2",
            fault=Statistics,
            traffic=CALM,
            sign=SEARCHING,
            service="database",
        )
    )


@pytest.mark.headline
@pytest.mark.drill("2.3")
def test_cache_not_working(hold: Pair) -> None:
    """Restarting a Redis that hangs brings the answers back, and with its append-only file all it knew."""
    hold(
        Scenario(
            cause="2.3",
            fault=HungCache,
            traffic=CALM,
            sign=UNANSWERED,
            service="cache",
        )
    )


@pytest.mark.busy(takes=2)
@pytest.mark.drill("2.4")
def test_too_many_concurrent_users(hold: Pair) -> None:
    """Three backends serve the users that one kept waiting."""
    hold(
        Scenario(
            cause="2.4",
            fault=CalendarRush,
            traffic=CALM,
            sign=COMPUTING,
            service="backend",
        )
    )


@pytest.mark.drill("2.5")
def test_memory_pressure(hold: Pair) -> None:
    """A restart empties the memory of a release that hoards; it fills again with the next uploads."""
    hold(
        Scenario(
            cause="2.5",
            fault=Hoard,
            traffic=SENDING,
            sign=FULL,
            service="backend",
        )
    )
