"""Incident 5, connection pool exhausted: the runbook's five solutions, each tried on a running stack."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from drills import Scenario, Symptom, SymptomChange, Verdict
from drills.faults.postgres.idle_transaction import IdleTransaction
from drills.faults.postgres.long_running_query import LongRunningQuery
from load.profiles import CALM, JOB_REQUESTS
from scenarios.faults.connection_leak import ConnectionLeak
from scenarios.faults.pool_saturation import BEYOND_ONE_POOL, BEYOND_THE_SERVER, PoolSaturation
from scenarios.helpers.pool import BACKEND_SESSIONS

if TYPE_CHECKING:
    from drills import RunDrill

SESSIONS = "FROM pg_stat_activity"
IDLE_CONNECTIONS_GROW = Symptom(SESSIONS, r"^ +\d+ \| +\d+ \| +(\d+) \| +\d+ *$", SymptomChange.GROWS)
"""Connections that do nothing in the database, and are not in the pool for other requests either."""
MANY_UNUSED_CONNECTIONS = Symptom(SESSIONS, r"^ +[1-9]\d+ \| +\d+ *$", SymptomChange.APPEARS)
"""Idle ones that nothing has asked for long, ten or more: a request that waits uses its own again and again."""
QUERY_LOCKS_A_TABLE = Symptom(SESSIONS, r"\| active +\| BEGIN; LOCK TABLE", SymptomChange.APPEARS)
IDLE_TRANSACTION_LOCKS_A_TABLE = Symptom(SESSIONS, r"\| idle in transaction +\| LOCK TABLE", SymptomChange.APPEARS)


@pytest.mark.headline
@pytest.mark.drill("5.1")
def test_connection_leak(run_drill: RunDrill) -> None:
    """Restarting the backend gives a leaking release its connections back, until it has lost those too."""
    run_drill(
        Scenario(
            cause="5.1",
            fault=ConnectionLeak,
            traffic=CALM,
            symptom=MANY_UNUSED_CONNECTIONS,
            restart_after_recovery="backend",
            lasting="relief",
        )
    )


@pytest.mark.drill("5.2")
def test_too_many_concurrent_requests(run_drill: RunDrill) -> None:
    """Three backends serve twice the demand of one pool once the server has connections for three pools."""
    run_drill(
        Scenario(
            cause="5.2",
            fault=partial(PoolSaturation, BEYOND_THE_SERVER),
            traffic=CALM,
            symptom=IDLE_CONNECTIONS_GROW,
            rules_out=(MANY_UNUSED_CONNECTIONS,),
            restart_after_recovery="backend",
            lasting="cure",
            original=Verdict.REFUTED,
            finding="three pools want more connections than the server has; then no other client gets one",
        )
    )


@pytest.mark.drill("5.3")
def test_long_running_queries(run_drill: RunDrill) -> None:
    """Ending the query that locks the jobs table lets all requests that wait for it go on."""
    run_drill(
        Scenario(
            cause="5.3",
            fault=partial(LongRunningQuery, "jobs", BACKEND_SESSIONS),
            traffic=JOB_REQUESTS,
            symptom=QUERY_LOCKS_A_TABLE,
            restart_after_recovery="backend",
            lasting="unknown",
        )
    )


@pytest.mark.drill("5.4")
def test_idle_transactions(run_drill: RunDrill) -> None:
    """Ending an idle session that holds a lock lets all requests that wait for it go on."""
    run_drill(
        Scenario(
            cause="5.4",
            fault=partial(IdleTransaction, "jobs", BACKEND_SESSIONS),
            traffic=JOB_REQUESTS,
            symptom=IDLE_TRANSACTION_LOCKS_A_TABLE,
            restart_after_recovery="backend",
            lasting="unknown",
        )
    )


@pytest.mark.drill("5.5")
def test_pool_size_too_small(run_drill: RunDrill) -> None:
    """A second pool takes its part of what one can no longer serve; a larger one would be used above the limit."""
    run_drill(
        Scenario(
            cause="5.5",
            fault=partial(PoolSaturation, BEYOND_ONE_POOL),
            traffic=CALM,
            symptom=IDLE_CONNECTIONS_GROW,
            rules_out=(MANY_UNUSED_CONNECTIONS,),
            restart_after_recovery="backend",
            lasting="cure",
            original=Verdict.REFUTED,
            finding="a pool of 80 that is used by honest demand has more connections in use than the alert allows",
        )
    )
