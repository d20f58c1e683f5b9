"""A table that somebody has locked: the audit does not wait for it. A real Postgres, where one is installed."""

from __future__ import annotations

import time
from threading import Timer
from typing import TYPE_CHECKING

import psycopg
import pytest

from drills.checks.target import Target
from drills.drill.loss_audit import AuditError
from load import job_states, settling
from load.job_states import State
from load.settling import settle
from tests.helpers.small_postgres import folder_of_programs, small_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = folder_of_programs()
pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="this machine has no programs of Postgres (initdb)")
READ, REFUSED, ODD = (f"00000000-0000-4000-8000-00000000000{number}" for number in range(3))
TABLE = """
    CREATE TABLE jobs (id uuid PRIMARY KEY, status text NOT NULL, result jsonb, error text);
    INSERT INTO jobs VALUES
        (%(read)s, 'completed', '{"events": [{}, {}, {}]}', NULL),
        (%(refused)s, 'failed', NULL, 'no schedule'),
        (%(odd)s, 'completed', '{"events": "none"}', NULL)
"""


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    assert PROGRAMS is not None
    with small_postgres(PROGRAMS) as address:
        dsn = f"{address} user=owner"
        with psycopg.ClientCursor(psycopg.connect(dsn, autocommit=True)) as cursor:
            cursor.execute(TABLE, {"read": READ, "refused": REFUSED, "odd": ODD})
            cursor.connection.close()
        yield dsn


def target(dsn: str) -> Target:
    return Target(name="x", front_url="http://127.0.0.1:9", postgres_dsn=dsn)


def test_a_job_is_read_with_its_events_and_its_reason(dsn: str) -> None:
    assert job_states.job_states(target(dsn), (READ, REFUSED, ODD, "00000000-0000-4000-8000-00000000000f")) == {
        READ: State("completed", 3),
        REFUSED: State("failed", None, "no schedule"),
        ODD: State("completed", None),
        "00000000-0000-4000-8000-00000000000f": None,
    }


def test_an_audit_does_not_wait_for_a_lock(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_states, "LOCK_S", 0.2)
    monkeypatch.setattr(settling, "BLIND_S", 0.5)
    with psycopg.connect(dsn) as holder:
        holder.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        with pytest.raises(AuditError, match="lock timeout"):
            settle(target(dsn), [READ], deadline_s=60)
        assert time.monotonic() - began < 10
        holder.rollback()


def test_an_audit_outlasts_a_lock_that_is_given_back(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_states, "LOCK_S", 5.0)
    with psycopg.connect(dsn) as holder:
        holder.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
        Timer(0.3, holder.rollback).start()
        assert settle(target(dsn), [READ], deadline_s=10) == {READ: State("completed", 3)}
