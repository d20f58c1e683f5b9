"""Postgres, asked by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from checks.probe import Room, probe
from checks.reading import Unexpected

if TYPE_CHECKING:
    from checks.visit import Visit


@probe(
    "postgres",
    room=Room.HEALTH,
    needs="postgres_dsn",
    expected="an answer to SELECT 1 and a table jobs",
    next_step="read the log of Postgres",
    level=1,
    incident=5,
    essential=True,
)
def postgres(visit: Visit) -> str:
    """Ask Postgres something only a working server with the application's schema answers."""
    assert visit.target.postgres_dsn
    seconds = max(2, round(visit.target.timeout_s))  # libpq rounds 1 up to 2 by itself
    limit_ms = round(visit.target.timeout_s * 1000)
    options = f"-c statement_timeout={limit_ms}"
    with psycopg.connect(visit.target.postgres_dsn, connect_timeout=seconds, options=options) as connection:
        row = connection.execute("SELECT 1, to_regclass('jobs') IS NOT NULL").fetchone()
    if row != (1, True):
        raise Unexpected(f"{row}: no table jobs" if row and row[0] == 1 else f"SELECT 1 -> {row}")
    return "SELECT 1 -> 1, table jobs is there"
