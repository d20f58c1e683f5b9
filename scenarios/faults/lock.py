"""Sessions that hold the jobs table locked: one that works on and on, and one that was forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from drills.drill.scenario import Confirmation, Fault
from scenarios.faults import pool

if TYPE_CHECKING:
    from drills.drill.system import System

LOCK = "LOCK TABLE jobs"
REPORT = (
    "docker exec -d -e PGAPPNAME=report {database} psql -U {user} -d {name}"
    ' -c "BEGIN; LOCK TABLE jobs; SELECT count(*), pg_sleep(3600) FROM jobs; COMMIT"'
)
END_REPORT = (
    "docker exec postgres psql -U schedgen -d schedgen -qtc"
    " \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'report'\""
)


class LongReport(Fault):
    """An analyst's report locks the jobs table, so that its figures do not change under it, and takes an hour.

    Every request about a job waits for that lock with a pooled connection in hand, up to the statement timeout, and
    others take its place. The report's own session has no such timeout.
    """

    name = "long report"
    undo: tuple[str, ...] = (END_REPORT,)  # healing empties the table, which the lock would not let it

    def inject(self, system: System) -> None:
        """Start the report on the database's own machine and leave it to itself."""
        about = system.stack.descriptor
        system.stack.sandbox.check_output(
            REPORT.format(database=about.roles["database"], user=about.database.user, name=about.database.name)
        )

    def confirm(self, system: System) -> Confirmation:
        """Postgres itself tells which sessions wait for which."""
        return pool.blocked(system)


class ForgottenTransaction(Fault):
    """Somebody began a transaction that locks the jobs table, and went to lunch before the commit."""

    name = "forgotten transaction"

    def __init__(self) -> None:
        self._session: psycopg.Connection[tuple[object, ...]] | None = None

    def inject(self, system: System) -> None:
        """Open the transaction from a session of our own, and do nothing more."""
        self._session = psycopg.connect(system.stack.postgres_dsn, application_name="psql")
        self._session.execute(LOCK)

    def confirm(self, system: System) -> Confirmation:
        """Postgres itself tells which sessions wait for which."""
        return pool.blocked(system)

    def stop(self) -> None:
        """Close the session, if nobody has yet."""
        if self._session:
            self._session.close()
