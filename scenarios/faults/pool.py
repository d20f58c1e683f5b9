"""What Postgres itself says of the backend's pool: the second channel of the drills of incident 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation

if TYPE_CHECKING:
    from drills.drill.system import System

OURS = "backend%"
"""The application name of every pooled connection; the one that counts them for the metric has another."""
POOLED = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s"
BLOCKED = f"{POOLED} AND cardinality(pg_blocking_pids(pid)) > 0"


def maximum(system: System) -> int:
    """Return the size of the pool: the alert's own threshold, incident 5 of the runbook."""
    return int(system.runbook.incident(5).alert.threshold.value)


def exhausted(system: System) -> Confirmation:
    """Say whether the backend has taken all the connections that it may."""
    most, held = maximum(system), system.count_rows(POOLED, OURS)
    return Confirmation(
        ok=held >= most,
        channel="pg_stat_activity",
        expected=f"{most} connections of the backend",
        seen=f"{held} of them",
    )


def blocked(system: System) -> Confirmation:
    """Say whether connections of the backend wait for a lock that another session holds."""
    waiting = system.count_rows(BLOCKED, OURS)
    return Confirmation(
        ok=waiting > 0,
        channel="pg_blocking_pids",
        expected="connections of the backend that wait for a lock",
        seen=f"{waiting} of them",
    )
