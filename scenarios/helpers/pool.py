"""The backend's connection pool, as Postgres itself counts it; a helper, and no fault itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from drills.faults.thresholds import threshold
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.drill.system import System

BACKEND_SESSIONS = "backend%"
"""The pattern of the application names of pooled connections; the connection that counts them has another name."""
POOLED = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s"


def maximum(system: System) -> int:
    """Return the size of the pool: the threshold of the alert on it, incident 5 of the runbook."""
    return int(threshold(system, Quantity.CONNECTION_POOL))


def exhausted(system: System) -> Confirmation:
    """Look whether the backend has taken all the connections that it may."""
    most, taken = maximum(system), system.count_rows(POOLED, BACKEND_SESSIONS)
    return Confirmation(
        ok=taken >= most,
        channel="pg_stat_activity",
        expected=f"{most} connections of the backend",
        seen=f"{taken} of them",
    )
