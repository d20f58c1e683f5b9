"""Sessions of the database: SQL through psql, and locks; a helper of the faults, and no fault itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation

if TYPE_CHECKING:
    from drills.drill.system import System

HELD_UP = """
    SELECT count(*) FROM pg_stat_activity AS waiting
    WHERE waiting.application_name LIKE %s AND EXISTS (
        SELECT 1 FROM pg_stat_activity AS holder
        WHERE holder.pid = ANY(pg_blocking_pids(waiting.pid)) AND holder.application_name = %s
    )
"""
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{}'"


def psql(system: System, sql: str, *, application: str = "psql", detached: bool = False) -> str:
    """Return a line that runs *sql* in the database's container as the application's user, and prints bare rows.

    *application* is the session's name in pg_stat_activity. A *detached* session outlives the line.
    """
    database = system.stack.descriptor.database
    quoted = sql.replace("\\", r"\\").replace('"', r"\"").replace("$", r"\$").replace("`", r"\`")
    return (
        f"docker exec {'-d ' if detached else ''}-e PGAPPNAME={application} {system.service('database')}"
        f' psql -U {database.user} -d {database.name} -qtc "{quoted}"'
    )


def end(system: System, application: str) -> str:
    """Return a line that ends every session of *application*."""
    return psql(system, END.format(application))


def blocked(system: System, clients: str, holder: str) -> Confirmation:
    """Tell whether sessions with an application name LIKE *clients* wait for a lock of the application *holder*."""
    waiting = system.count_rows(HELD_UP, clients, holder)
    return Confirmation(
        ok=waiting > 0,
        channel="pg_blocking_pids",
        expected=f"sessions of {clients} that wait for a lock of {holder}",
        seen=f"{waiting} of them",
    )
