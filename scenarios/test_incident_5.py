"""Incident 5, connection pool exhausted: what the runbook says against it, tried on a running stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.scenario import Scenario
from drills.record.symptom import Change, Sign
from drills.record.verdicts import Verdict
from load.profiles import ASKING, CALM
from scenarios.faults.crowd import Outgrown, TooMany
from scenarios.faults.leak import LeakyRelease
from scenarios.faults.lock import ForgottenTransaction, LongReport

if TYPE_CHECKING:
    from drills.plugin.experiment import Pair

SESSIONS = "FROM pg_stat_activity"
IDLE = Sign(SESSIONS, r"^ +\d+ \| +\d+ \| +(\d+) \| +\d+ *$", Change.GROWS)
"""Connections that do nothing in the database, and yet are not in the pool for others to take."""
LOCKING = Sign(SESSIONS, r"\| active +\| BEGIN; LOCK TABLE", Change.APPEARS)
FORGOTTEN = Sign(SESSIONS, r"\| idle in transaction +\| LOCK TABLE", Change.APPEARS)


@pytest.mark.headline
@pytest.mark.drill("5.1")
def test_connection_leak(hold: Pair) -> None:
    """Restarting the backend gives a leaking release its connections back, until it has lost those too."""
    hold(Scenario(cause="5.1", fault=LeakyRelease, traffic=CALM, sign=IDLE, service="backend"))


@pytest.mark.drill("5.2")
def test_too_many_concurrent_requests(hold: Pair) -> None:
    """Three backends serve a rush once the server has connections for three pools; without, it has none for anybody."""
    hold(
        Scenario(
            cause="5.2",
            fault=TooMany,
            traffic=CALM,
            sign=IDLE,
            service="backend",
            original=Verdict.REFUTED,
            finding="three pools want more connections than the server has; then nobody else gets one",
        )
    )


@pytest.mark.drill("5.3")
def test_long_running_queries(hold: Pair) -> None:
    """Ending the query that locks the jobs table lets all that wait behind it go on."""
    hold(
        Scenario(
            cause="5.3",
            fault=LongReport,
            traffic=ASKING,
            sign=LOCKING,
            service="backend",
        )
    )


@pytest.mark.drill("5.4")
def test_idle_transactions(hold: Pair) -> None:
    """Ending a session that sits on a lock lets all that wait behind it go on."""
    hold(
        Scenario(
            cause="5.4",
            fault=ForgottenTransaction,
            traffic=ASKING,
            sign=FORGOTTEN,
            service="backend",
        )
    )


@pytest.mark.drill("5.5")
def test_pool_size_too_small(hold: Pair) -> None:
    """A second pool takes its part of what one can no longer carry; a larger one would be used above the limit."""
    hold(
        Scenario(
            cause="5.5",
            fault=Outgrown,
            traffic=CALM,
            sign=IDLE,
            service="backend",
            original=Verdict.REFUTED,
            finding="a pool of 80 that is used by honest demand has more connections in use than the alert allows",
        )
    )
