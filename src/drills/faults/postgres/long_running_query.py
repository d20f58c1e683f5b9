"""A query that locks a table for as long as it runs, which is an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault
from drills.faults.postgres import sessions

if TYPE_CHECKING:
    from drills.drill.system import System

APPLICATION = "report"
REPORT = "BEGIN; LOCK TABLE {table}; SELECT count(*), pg_sleep(3600) FROM {table}; COMMIT"


class LongRunningQuery(Fault):
    """Run a report that locks *table*, so that its figures do not change under it, and takes an hour.

    Every request that needs the table holds a connection and waits for that lock, up to its statement timeout. The
    report's own session has no such timeout. *clients* is the pattern (SQL's LIKE) of the application names of the
    sessions that have to wait.
    """

    name = "long running query"
    not_repeatable = "a person began the report, and no client of the system begins it again"

    def __init__(self, table: str, clients: str) -> None:
        self._table = table
        self._clients = clients

    def undo(self, system: System) -> tuple[str, ...]:
        """End the report: healing changes the table, and would wait for the lock."""
        return (sessions.end(system, APPLICATION),)

    def inject(self, system: System) -> None:
        """Start the report in the database's container and leave it running."""
        report = REPORT.format(table=self._table)
        system.stack.sandbox.check_output(sessions.psql(system, report, application=APPLICATION, detached=True))

    def confirm(self, system: System) -> Confirmation:
        """Ask Postgres which sessions wait for the report."""
        return sessions.blocked(system, self._clients, APPLICATION)
