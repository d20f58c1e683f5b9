"""A transaction that holds a table locked, and is neither continued nor committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from drills.drill.scenario import Confirmation, Fault
from drills.faults.postgres import sessions

if TYPE_CHECKING:
    from drills.drill.system import System

APPLICATION = "idle-transaction"


class IdleTransaction(Fault):
    """Begin a transaction, lock *table* in it, and leave it open.

    *clients* is the pattern (SQL's LIKE) of the application names of the sessions that have to wait for the lock.
    """

    name = "idle transaction"
    not_repeatable = "a person left the transaction open, and no client of the system opens it again"

    def __init__(self, table: str, clients: str) -> None:
        self._table = table
        self._clients = clients
        self._session: psycopg.Connection[tuple[object, ...]] | None = None

    def inject(self, system: System) -> None:
        """Open the transaction from a session of this process, and do nothing more."""
        self._session = psycopg.connect(system.stack.postgres_dsn, application_name=APPLICATION)
        self._session.execute(sql.SQL("LOCK TABLE {}").format(sql.Identifier(self._table)))

    def confirm(self, system: System) -> Confirmation:
        """Ask Postgres which sessions wait for the transaction."""
        return sessions.blocked(system, self._clients, APPLICATION)

    def stop(self) -> None:
        """Close the session, unless a documented command has ended it."""
        if self._session:
            self._session.close()
