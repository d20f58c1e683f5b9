"""The pool of database connections, and one connection outside of it that watches it."""

from __future__ import annotations

import asyncio
import logging
import math
import socket
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from stack.services.common.patience import within

if TYPE_CHECKING:
    from stack.services.backend.settings import Pool
    from stack.services.common.settings import Database

MIN_CONNECTIONS = 2
IDLE_S = 30.0
RECONNECT_S = 5.0  # the pool's own back-off grows up to this, so a database that returns is used within seconds
_IN_TRANSACTION = """
    SELECT count(*) AS n FROM pg_stat_activity
    WHERE application_name = %s AND state LIKE 'idle in transaction%%'
"""
_ADVISORY_LOCK = 7_306_112  # any number, the same in every backend: one replica migrates, the others wait
_MIGRATIONS = (
    """
    CREATE TABLE jobs (
        id uuid PRIMARY KEY,
        status text NOT NULL DEFAULT 'pending',
        "pdfType" text NOT NULL,
        "s3Key" text NOT NULL,
        owner text NOT NULL,
        "sizeBytes" bigint NOT NULL,
        result jsonb,
        error text,
        "createdAt" timestamptz NOT NULL DEFAULT now(),
        "updatedAt" timestamptz NOT NULL DEFAULT now(),
        "completedAt" timestamptz,
        "expiresAt" timestamptz NOT NULL DEFAULT now() + interval '24 hours'
    );
    CREATE INDEX jobs_stored_by_owner ON jobs (owner) INCLUDE ("sizeBytes") WHERE status IN ('pending', 'processing');
    CREATE TABLE users (
        email text PRIMARY KEY,
        "firstName" text NOT NULL,
        "lastName" text NOT NULL,
        picture text NOT NULL,
        "createdAt" timestamptz NOT NULL DEFAULT now()
    );
    """,
    """
    CREATE TABLE calendars (id uuid PRIMARY KEY, owner text NOT NULL REFERENCES users, name text NOT NULL);
    CREATE TABLE calendar_events (
        id uuid PRIMARY KEY,
        "calendarId" uuid NOT NULL REFERENCES calendars ON DELETE CASCADE,
        event jsonb NOT NULL
    );
    """,
)
log = logging.getLogger("database")


def new_pool(database: Database, pool: Pool) -> AsyncConnectionPool[Any]:
    """Return a closed pool; its connections commit each statement and are checked before each use."""
    return AsyncConnectionPool(
        database.conninfo(_name()),
        kwargs={"autocommit": True, "row_factory": dict_row},
        min_size=MIN_CONNECTIONS,
        max_size=pool.max_connections,
        timeout=pool.wait_s,
        max_idle=IDLE_S,
        reconnect_timeout=RECONNECT_S,
        check=AsyncConnectionPool.check_connection,
        open=False,
        name="backend",
    )


def _name() -> str:
    return f"backend-{socket.gethostname()}"


async def migrate(database: Database) -> None:
    """Bring the tables up to date, trying again until the database answers."""
    while True:
        try:
            await _migrate_once(database)
        except psycopg.Error as error:
            log.warning("migrations wait for the database: %s", error)
            await asyncio.sleep(0.5)
        else:
            return


async def _migrate_once(database: Database) -> None:
    conninfo = database.conninfo(f"migrations-{socket.gethostname()}")
    async with await psycopg.AsyncConnection.connect(conninfo) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))
        await connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version int PRIMARY KEY)")
        cursor = await connection.execute("SELECT coalesce(max(version), 0) FROM schema_version")
        row = await cursor.fetchone()
        done = row[0] if row else 0
        for version, statements in enumerate(_MIGRATIONS[done:], start=done + 1):
            await connection.execute(statements)
            await connection.execute("INSERT INTO schema_version VALUES (%s)", (version,))
            log.info("migration %s applied", version)


class Watch:
    """A connection outside of the pool, so that an exhausted pool can still be counted.

    A reading takes it over until its answer is there. Closing it during a reading would end the whole process: the
    event loop would go on watching a descriptor that by then is another connection's.
    """

    def __init__(self, database: Database) -> None:
        self._conninfo = database.conninfo(f"monitor-{socket.gethostname()}")
        self._idle: psycopg.AsyncConnection[Any] | None = None

    async def idle_in_transaction(self, within_s: float) -> float:
        """Return how many of this backend's connections sit idle in a transaction; NaN when that is not known."""
        try:
            return await within(within_s, self._count())
        except (TimeoutError, psycopg.Error, OSError):
            return math.nan

    async def _count(self) -> float:
        connection, self._idle = self._idle, None
        try:
            if connection is None or connection.closed:
                connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
            cursor = await connection.execute(_IN_TRANSACTION, (_name(),))
            row = await cursor.fetchone()
        except BaseException:
            _let_go(connection)
            raise
        self.close()  # of two that asked at once, one connection is kept
        self._idle = connection
        return float(row[0]) if row else math.nan

    def close(self) -> None:
        """Close the connection while no reading uses it; the next reading opens a new one."""
        connection, self._idle = self._idle, None
        _let_go(connection)


def _let_go(connection: psycopg.AsyncConnection[Any] | None) -> None:
    if connection is not None:
        connection.pgconn.finish()  # close() would wait for a server that may be frozen
