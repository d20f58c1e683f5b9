"""Incident 5, connection pool exhausted: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Symptom, SymptomChange
from drills.record.verdicts import Verdict
from load.profiles import ASKING, CALM
from scenarios.faults.crowd import Outgrown, TooMany
from scenarios.faults.leak import LeakyRelease
from scenarios.faults.lock import ForgottenTransaction, LongReport

if TYPE_CHECKING:
    from drills.plugin.experiment import Experiment

SESSIONS = "FROM pg_stat_activity"
IDLE = Symptom(SESSIONS, r"^ +\d+ \| +\d+ \| +(\d+) \| +\d+ *$", SymptomChange.GROWS)
"""Connections that do nothing in the database, and yet are not in the pool for others to take."""
LOCKING = Symptom(SESSIONS, r"\| active +\| BEGIN; LOCK TABLE", SymptomChange.APPEARS)
FORGOTTEN = Symptom(SESSIONS, r"\| idle in transaction +\| LOCK TABLE", SymptomChange.APPEARS)


@pytest.mark.headline
@pytest.mark.drill("5.1")
def test_connection_leak(run_drill: Experiment) -> None:
    """Restarting the backend gives a leaking release its connections back, until it has lost those too."""
    run_drill(Scenario(cause="5.1", fault=LeakyRelease, traffic=CALM, symptom=IDLE, restart_after_recovery="backend"))


@pytest.mark.drill("5.2")
def test_too_many_concurrent_requests(run_drill: Experiment) -> None:
    """Three backends serve a rush once the server has connections for three pools; without, it has none for anybody."""
    run_drill(
        Scenario(
            cause="5.2",
            fault=TooMany,
            traffic=CALM,
            symptom=IDLE,
            restart_after_recovery="backend",
            original=Verdict.REFUTED,
            finding="three pools want more connections than the server has; then nobody else gets one",
        )
    )


@pytest.mark.drill("5.3")
def test_long_running_queries(run_drill: Experiment) -> None:
    """Ending the query that locks the jobs table lets all that wait behind it go on."""
    run_drill(
        Scenario(
            cause="5.3",
            fault=LongReport,
            traffic=ASKING,
            symptom=LOCKING,
            restart_after_recovery="backend",
        )
    )


@pytest.mark.drill("5.4")
def test_idle_transactions(run_drill: Experiment) -> None:
    """Ending a session that sits on a lock lets all that wait behind it go on."""
    run_drill(
        Scenario(
            cause="5.4",
            fault=ForgottenTransaction,
            traffic=ASKING,
            symptom=FORGOTTEN,
            restart_after_recovery="backend",
        )
    )


@pytest.mark.drill("5.5")
def test_pool_size_too_small(run_drill: Experiment) -> None:
    """A second pool takes its part of what one can no longer carry; a larger one would be used above the limit."""
    run_drill(
        Scenario(
            cause="5.5",
            fault=Outgrown,
            traffic=CALM,
            symptom=IDLE,
            restart_after_recovery="backend",
            original=Verdict.REFUTED,
            finding="a pool of 80 that is used by honest demand has more connections in use than the alert allows",
        )
    )
