"""A job's row in PostgreSQL, as the worker moves it from pending to its end."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolTimeout

if TYPE_CHECKING:
    from stack.services.common.settings import Database
    from stack.services.worker.parser import Schedule

RETRY_S = 0.5
_BEGIN = """
    UPDATE jobs SET status = 'processing', "updatedAt" = now()
    WHERE id = %s AND status IN ('pending', 'processing') RETURNING id
"""
_RETRY = """UPDATE jobs SET status = 'pending', "updatedAt" = now() WHERE id = %s AND status = 'processing'"""
_COMPLETE = """
    UPDATE jobs SET status = 'completed', result = %s, error = NULL, "updatedAt" = now(), "completedAt" = now()
    WHERE id = %s
"""
_FAIL = """
    UPDATE jobs SET status = 'failed', error = %s, "updatedAt" = now(), "completedAt" = now()
    WHERE id = %s AND status IN ('pending', 'processing')
"""
log = logging.getLogger("rows")


class Rows:
    """The worker's statements on the table `jobs`."""

    def __init__(self, database: Database, concurrency: int) -> None:
        self._pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            database.conninfo(f"pdf-worker-{socket.gethostname()}"),
            kwargs={"autocommit": True},
            min_size=1,
            max_size=concurrency,
            timeout=5.0,
            max_idle=30.0,
            reconnect_timeout=5.0,
            check=AsyncConnectionPool.check_connection,
            open=False,
        )

    async def open(self) -> None:
        """Start connecting; does not wait for the database."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.close(timeout=0.2)

    async def begin(self, job_id: str) -> bool:
        """Mark the job as processing; False when it has no row or is already over."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_BEGIN, (job_id,))
            return cursor.rowcount == 1

    async def complete(self, job_id: str, schedule: Schedule) -> None:
        """Write the job's events."""
        await self._run(_COMPLETE, (Jsonb({"events": schedule.events}), job_id))

    async def retry_later(self, job_id: str) -> None:
        """Mark the job as pending again."""
        await self._run(_RETRY, (job_id,))

    async def fail(self, job_id: str, reason: str) -> None:
        """Mark the job as failed, for good, trying until the database takes it: no job may end without its row."""
        while True:
            try:
                await self._run(_FAIL, (reason, job_id))
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("job %s: failure not yet written: %s", job_id, error)
                await asyncio.sleep(RETRY_S)
            else:
                return

    async def _run(self, statement: str, values: tuple[object, ...]) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement, values)
