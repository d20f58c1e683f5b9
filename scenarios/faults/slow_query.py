"""Statistics over all jobs that lock the table for as long as their query takes, and are repeated after a pause."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from drills.drill.scenario import Confirmation, Fault
from drills.faults.postgres import sessions
from scenarios.helpers.pool import BACKEND_SESSIONS

if TYPE_CHECKING:
    from threading import Thread

    from drills.drill.system import System

APPLICATION = "statistics"
JOBS = 120_000
FAILED_ONE_IN = 15
"""Each failed job is compared with all others: without an index this takes minutes, with one less than a second."""
DATABASE_CPUS = 0.5
"""Taken from the database while it runs: started anew on so little, it delays every client that connects again."""
REPEAT_EVERY_S = 10.0
"""Every ten minutes, at scale 60; a query that takes longer is followed by the next one at once."""
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
DROP_INDEX = "DROP INDEX IF EXISTS jobs_status_created"
"""The index that the runbook's solution creates."""


class SlowQuery(Fault):
    """Run a query over a long history that no index serves, behind a lock, on a small database.

    The query is a dashboard's, outside of the backend and without its statement timeout. Ended by a person, it is
    repeated after a pause: only an index makes it short enough to be harmless.
    """

    name = "slow query"

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._dashboard: threading.Thread | None = None
        self._dsn = ""

    def undo(self, system: System) -> tuple[str, ...]:
        """Drop the index, and remove the container with its lowered CPU; healing empties the table and creates it anew.

        Healing knows of no index, and of no size that is not in the settings.
        """
        return (sessions.psql(system, DROP_INDEX), f"docker-compose rm -sf {system.service('database')}")

    def prepare(self, system: System) -> None:
        """Store a long history, tell the planner of it, and give the database little CPU."""
        self._dsn = system.stack.postgres_dsn
        with psycopg.connect(self._dsn, autocommit=True) as session:
            session.execute(HISTORY, {"failed_one_in": FAILED_ONE_IN, "jobs": JOBS})
            session.execute("VACUUM ANALYZE jobs")
            session.execute("CHECKPOINT")  # or it starts later, and takes what little CPU there is then
        system.stack.sandbox.check_output(f"docker update --cpus {DATABASE_CPUS} {system.service('database')}")

    def inject(self, system: System) -> None:
        """Open the dashboard."""
        self._dsn = system.stack.postgres_dsn
        self._dashboard = threading.Thread(target=self._refresh, name=APPLICATION, daemon=True)
        self._dashboard.start()

    def confirm(self, system: System) -> Confirmation:
        """Ask Postgres which sessions wait for the dashboard."""
        return sessions.blocked(system, BACKEND_SESSIONS, APPLICATION)

    def background_threads(self) -> tuple[Thread, ...]:
        """Return the dashboard's thread."""
        return (self._dashboard,) if self._dashboard else ()

    def stop(self) -> None:
        """Close the dashboard, and end the query that may still run for it."""
        self._stop.set()
        if self._dashboard:
            while self._dashboard.is_alive():
                with suppress(psycopg.Error), psycopg.connect(self._dsn, autocommit=True) as session:
                    session.execute(END, (APPLICATION,))
                self._dashboard.join(1.0)

    def _refresh(self) -> None:
        pause_s = 0.0
        while not self._stop.wait(pause_s):
            began, pause_s = time.monotonic(), REPEAT_EVERY_S
            with suppress(psycopg.Error), psycopg.connect(self._dsn, application_name=APPLICATION) as session:
                session.execute(LOCK)
                session.execute(QUERY)
                pause_s = max(0.0, began + REPEAT_EVERY_S - time.monotonic())
