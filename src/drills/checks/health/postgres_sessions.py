"""Check the sessions of Postgres: how many there are, and which of them block others.

A role that is no superuser can count the sessions of other roles, but their state is hidden from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from drills.checks import CheckFailed, CheckSuite, Observation, Skipped, ask_postgres, check
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drills.checks import CheckContext
    from drills.runbook.model import Incident

STATEMENT_S: Final = 10.0
"""Longer than any statement of an application with a statement timeout, or its pauses inside a transaction."""
SHOWN: Final = 3
_BY_STATE = """
    SELECT coalesce(state, 'hidden'), count(*), current_setting('max_connections')::int FROM pg_stat_activity
    WHERE datname IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend' GROUP BY 1 ORDER BY 1
"""
# A pool is identified by its client: an address, and a name where the application gives one.
_BUSIEST = """
    SELECT count(*), coalesce(host(client_addr), 'local'), application_name FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state NOT IN ('idle', 'disabled')
    GROUP BY 2, 3 ORDER BY 1 DESC LIMIT 1
"""
_IDLE = """
    SELECT pid, application_name, state, extract(epoch FROM clock_timestamp() - state_change)::float8
    FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%%'
      AND clock_timestamp() - state_change > make_interval(secs => %s)
    ORDER BY 4 DESC
"""
# A backup of the whole database may take its time.
_LONG = """
    SELECT pid, application_name, state, extract(epoch FROM clock_timestamp() - query_start)::float8
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND state = 'active'
      AND application_name <> 'pg_dump' AND clock_timestamp() - query_start > make_interval(secs => %s)
    ORDER BY 4 DESC
"""
_WAITING = """
    SELECT waiting.pid, waiting.application_name, waiting.seconds, blocker.pid, blocker.application_name, blocker.state
    FROM (
        SELECT DISTINCT ON (pid) pid, application_name,
               extract(epoch FROM clock_timestamp() - coalesce(waitstart, clock_timestamp()))::float8 AS seconds
        FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE NOT granted AND datname = current_database() ORDER BY pid, waitstart
    ) AS waiting
    CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS by (pid)
    LEFT JOIN pg_stat_activity AS blocker ON blocker.pid = by.pid
    WHERE waiting.seconds > %s ORDER BY waiting.seconds DESC
"""


@check(
    "postgres connections",
    suite=CheckSuite.HEALTH,
    needs="postgres_dsn",
    expected="the server's connections to be a share of its max_connections that the runbook allows a resource",
    next_step="count the connections by application_name in pg_stat_activity",
    level=3,
    incident=Quantity.CONNECTION_POOL,
)
def server_connections(context: CheckContext) -> Observation:
    """Compare all connections of the server with its limit."""
    rows = ask_postgres(context.target, _BY_STATE)
    limit = rows[0][2]
    states = {state: count for state, count, _ in rows}
    total = sum(states.values())
    allowed = context.runbook.target(_incident(context, Quantity.RESOURCE_UTILIZATION))
    text = f"{total} of {limit} ({', '.join(f'{count} {state}' for state, count in states.items())})"
    if not allowed.satisfied_by(total / limit):
        raise CheckFailed(f"{text}, instead of {allowed.text}")
    return Observation(text, {"connections": total, "max_connections": limit})


@check(
    "postgres pool",
    suite=CheckSuite.HEALTH,
    needs="postgres_dsn",
    expected="no client with as many connections in use as fire the runbook's alert",
    next_step="list the longest transactions in pg_stat_activity",
    level=2,
    incident=Quantity.CONNECTION_POOL,
)
def pool_in_use(context: CheckContext) -> Observation:
    """Look at the client that uses the most connections: the alert counts each process's pool by itself."""
    allowed = context.runbook.target(_incident(context, Quantity.CONNECTION_POOL))
    busiest = ask_postgres(context.target, _BUSIEST)
    count, address, name = busiest[0] if busiest else (0, "", "")
    if not allowed.satisfied_by(count):
        raise CheckFailed(f"{count} in use by {name or 'a client without a name'} at {address}, not {allowed.text}")
    return Observation(f"{count} in use by the busiest client, {allowed.text}", {"connections_in_use": count})


@check(
    "idle transactions",
    suite=CheckSuite.HEALTH,
    needs="postgres_dsn",
    expected=f"no session idle in a transaction for more than {STATEMENT_S:g} s",
    next_step="find the application that left the transaction open, then end the session with pg_terminate_backend",
    level=3,
    incident=Quantity.CONNECTION_POOL,
)
def idle_transactions(context: CheckContext) -> str:
    """Look for transactions that were begun and not ended: they hold a connection, and locks."""
    _none(ask_postgres(context.target, _IDLE, STATEMENT_S))
    return f"none for more than {STATEMENT_S:g} s"


@check(
    "long queries",
    suite=CheckSuite.HEALTH,
    needs="postgres_dsn",
    expected=f"no query that has run for more than {STATEMENT_S:g} s",
    next_step="EXPLAIN the query, then end it with pg_terminate_backend",
    level=3,
    incident=Quantity.RESPONSE_TIME_P95,
)
def long_queries(context: CheckContext) -> str:
    """Look for queries that the statement timeout should have ended."""
    _none(ask_postgres(context.target, _LONG, STATEMENT_S))
    return f"none for more than {STATEMENT_S:g} s"


@check(
    "postgres locks",
    suite=CheckSuite.HEALTH,
    needs="postgres_dsn",
    expected="no session that waits for a lock longer than an answer may take",
    next_step="read the blocking session's query in pg_stat_activity, then end it with pg_terminate_backend",
    level=3,
    incident=Quantity.RESPONSE_TIME_P95,
)
def locks(context: CheckContext) -> str:
    """Look for sessions that wait long for a lock, and name the sessions that hold it."""
    waiting = ask_postgres(context.target, _WAITING, context.answer_s)
    if waiting:
        raise CheckFailed(_some([_wait(row) for row in waiting]))
    return f"no session waits for more than {context.answer_s:g} s"


def _incident(context: CheckContext, quantity: Quantity) -> Incident:
    """Return the incident whose alert measures *quantity*; raises Skipped where the runbook has none."""
    found = context.runbook.incident_of(quantity)
    if found is None:
        raise Skipped(f"the runbook says nothing of {quantity.value}")
    return found


def _none(rows: Sequence[tuple[Any, ...]]) -> None:
    """Raise CheckFailed naming the sessions in *rows* (pid, application, state, seconds). Their queries hold data."""
    if rows:
        raise CheckFailed(_some([f"pid {pid} ({_name(name)}) {state} for {s:.0f} s" for pid, name, state, s in rows]))


def _wait(row: tuple[Any, ...]) -> str:
    pid, name, seconds, by, by_name, state = row
    return f"pid {pid} ({_name(name)}) waits {seconds:.1f} s for pid {by} ({_name(by_name)}, {state or 'state hidden'})"


def _name(application: str | None) -> str:
    return application or "no name"


def _some(texts: list[str]) -> str:
    more = len(texts) - SHOWN
    return "; ".join(texts[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
