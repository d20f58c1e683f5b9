"""Statistics over all jobs that lock the table for as long as their query takes, and come back after a pause."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from drills.drill.scenario import Confirmation, Fault
from scenarios.faults import pool

if TYPE_CHECKING:
    from threading import Thread

    from drills.drill.system import System

NAME = "statistics"
JOBS = 120_000
FAILED_ONE_IN = 15
"""Each of them walks through all the others: without an index this takes minutes, with one less than a second."""
DATABASE_CPUS = 0.5
"""Taken from it while it runs: started afresh on so little, it keeps everybody waiting who has to connect again."""
AGAIN_EVERY_S = 10.0
"""Every ten minutes, at scale 60."""
HISTORY = """
    INSERT INTO jobs (id, status, "pdfType", "s3Key", owner, "sizeBytes", "createdAt")
    SELECT gen_random_uuid(), CASE WHEN i %% %(failed_one_in)s = 0 THEN 'failed' ELSE 'completed' END,
           'lecture', 'none', 'history', 1, now() - i * interval '1 second'
    FROM generate_series(1, %(jobs)s) i
"""
# Locked, because the figures of one page must fit together. Each failed job searches all jobs again.
LOCK = "LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE"
QUERY = """
    SELECT f.id, (
        SELECT count(*) FROM jobs o
        WHERE o.status = 'failed' AND o."createdAt" BETWEEN f."createdAt" - interval '1 hour' AND f."createdAt"
    ) FROM jobs f WHERE f.status = 'failed'
"""
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"


class Statistics(Fault):
    """Ask a long history for how failures bunch, on a small database without an index that fits, behind a lock.

    The asking is a dashboard's, outside of the backend and without its statement timeout. Ended, it tries again after
    its pause: only an index makes it short enough to be borne.
    """

    name = "slow statistics"
    # Healing empties the table, but knows nothing of an index, and of no size that is not in the settings: it makes the
    # container anew where there is none.
    undo: tuple[str, ...] = (
        "docker exec postgres psql -U schedgen -d schedgen -qc 'DROP INDEX IF EXISTS jobs_status_created'",
        "docker-compose rm -sf postgres",
    )

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._dashboard: threading.Thread | None = None
        self._dsn = ""

    def prepare(self, system: System) -> None:
        """Have a long history in a database with little CPU, and its planner know about it."""
        self._dsn = system.stack.postgres_dsn
        with psycopg.connect(self._dsn, autocommit=True) as session:
            session.execute(HISTORY, {"failed_one_in": FAILED_ONE_IN, "jobs": JOBS})
            session.execute("VACUUM ANALYZE jobs")
            session.execute("CHECKPOINT")  # or it comes at its own time, and takes what little CPU there is then
        system.stack.sandbox.check_output(
            f"docker update --cpus {DATABASE_CPUS} {system.stack.descriptor.roles['database']}"
        )

    def inject(self, system: System) -> None:
        """Open the dashboard."""
        self._dsn = system.stack.postgres_dsn
        self._dashboard = threading.Thread(target=self._refresh, name=NAME, daemon=True)
        self._dashboard.start()

    def confirm(self, system: System) -> Confirmation:
        """Postgres itself tells which sessions wait for which."""
        return pool.blocked(system)

    def background_threads(self) -> tuple[Thread, ...]:
        """Name the dashboard: closed, it asks no more."""
        return (self._dashboard,) if self._dashboard else ()

    def stop(self) -> None:
        """Close the dashboard, and with it the query that may still run for it."""
        self._stop.set()
        if self._dashboard:
            while self._dashboard.is_alive():
                with suppress(psycopg.Error), psycopg.connect(self._dsn, autocommit=True) as session:
                    session.execute(END, (NAME,))
                self._dashboard.join(1.0)

    def _refresh(self) -> None:
        while not self._stop.is_set():
            with suppress(psycopg.Error), psycopg.connect(self._dsn, application_name=NAME) as session:
                session.execute(LOCK)
                session.execute(QUERY)
            self._stop.wait(AGAIN_EVERY_S)
