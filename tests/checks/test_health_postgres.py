from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest

from drills import runbook
from drills.checks.artifacts import Kind
from drills.checks.context import Visit
from drills.checks.health import postgres_sessions as connections
from drills.checks.health.postgres import ask, postgres, postgres_rights, postgres_write
from drills.checks.health.postgres_sessions import (
    idle_transactions,
    locks,
    long_queries,
    pool_in_use,
    server_connections,
)
from drills.checks.result import Outcome
from drills.checks.target import Target
from drills.common.waiting import wait_until
from tests.helpers.paths import RUNBOOK
from tests.helpers.small_postgres import folder_of_programs, small_postgres

PROGRAMS = folder_of_programs()
BOOK = runbook.load(RUNBOOK)
SHORT_S = 0.2

if PROGRAMS is None:
    pytest.skip("no programs of Postgres are installed here", allow_module_level=True)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    assert PROGRAMS is not None
    with small_postgres(PROGRAMS) as dsn:
        yield dsn


@pytest.fixture
def visit(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    """Visit a database of its own in the server, as a role that is no superuser."""
    monkeypatch.setattr(connections, "STATEMENT_S", SHORT_S)
    with psycopg.connect(f"{server} user=owner", autocommit=True) as owner:
        owner.execute("CREATE ROLE app LOGIN")
        owner.execute("CREATE DATABASE app OWNER app")
        target = Target("x", "http://h:1", postgres_dsn=f"{server} user=app dbname=app", answer_s=SHORT_S)
        run(target, "CREATE TABLE jobs (id int PRIMARY KEY)")
        run(target, "INSERT INTO jobs VALUES (1)")
        try:
            yield Visit(target, BOOK)
        finally:
            owner.execute("DROP DATABASE app WITH (FORCE)")
            owner.execute("DROP ROLE app")


def run(target: Target, statement: str) -> None:
    with session(target) as connection:
        connection.execute(statement.encode())


@contextmanager
def session(target: Target, name: str = "backend", *, autocommit: bool = True) -> Iterator[psycopg.Connection[Any]]:
    assert target.postgres_dsn
    connection = psycopg.connect(target.postgres_dsn, application_name=name, autocommit=autocommit)
    try:
        yield connection
    finally:
        connection.close()


def wait_for(visit: Visit, condition: str) -> None:
    """Wait until a session of the test is in the state that the check looks for."""
    query = f"SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND {condition}"
    wait_until(
        lambda: ask(visit.target, query)[0][0] > 0,
        deadline_s=10,
        expected=condition,
        where="Postgres",
        next_step="look there",
    )


def older(moment: str) -> str:
    return f"clock_timestamp() - {moment} > interval '{SHORT_S * 1.5} seconds'"


def test_sound_database_passes(visit: Visit) -> None:
    looks = (postgres, postgres_rights, postgres_write, server_connections, pool_in_use)
    for one in (*looks, idle_transactions, long_queries, locks):
        reading = one(visit)
        assert reading.ok, str(reading)


def test_table_of_ours_is_noted_and_gone(visit: Visit) -> None:
    assert postgres_write(visit).ok
    (name,) = visit.traces.noted(Kind.TABLE)
    assert name.startswith("synthetic_syn")
    assert ask(visit.target, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'synthetic%'") == [(0,)]


def test_database_without_the_schema_is_seen(visit: Visit) -> None:
    run(visit.target, "DROP TABLE jobs")
    assert postgres(visit).seen == "(1, False): no table jobs"
    assert postgres_rights(visit).outcome is Outcome.FAIL


def test_missing_right_is_named(visit: Visit) -> None:
    run(visit.target, "REVOKE DELETE, UPDATE ON jobs FROM app")
    assert postgres_rights(visit).seen == "no right to UPDATE, DELETE on jobs"


def test_database_that_only_reads_cannot_be_written(visit: Visit) -> None:
    run(visit.target, "ALTER DATABASE app SET default_transaction_read_only = on")
    reading = postgres_write(visit)
    assert reading.outcome is Outcome.FAIL
    assert "read-only" in reading.seen


def test_role_that_may_not_create_tables_is_no_failure(visit: Visit, server: str) -> None:
    with psycopg.connect(f"{server} user=owner dbname=app", autocommit=True) as owner:
        owner.execute("ALTER DATABASE app OWNER TO owner")
        owner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC, app")
    assert postgres_write(visit).outcome is Outcome.LEFT_OUT
    with psycopg.connect(f"{server} user=owner", autocommit=True) as owner:
        owner.execute("ALTER DATABASE app OWNER TO app")


def test_server_with_little_room_is_seen_before_it_refuses(visit: Visit) -> None:
    with ExitStack() as held:
        for _ in range(6):
            held.enter_context(session(visit.target))
        reading = server_connections(visit)
        assert reading.outcome is Outcome.FAIL
        assert reading.seen.startswith("8 of 10 (1 active, 1 hidden, 6 idle)"), reading.seen
        assert "instead of < 80%" in reading.seen
        assert pool_in_use(visit).ok, "idle connections are not in use"


def test_pool_in_use_is_counted_by_client(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = BOOK.target(BOOK.incident(5))
    monkeypatch.setattr(type(BOOK), "target", lambda *_: type(allowed)("<", 2, "connections", "< 2 connections"))
    with session(visit.target, "one", autocommit=False) as first, session(visit.target, "two") as second:
        first.execute("SELECT 1")
        assert pool_in_use(visit).ok
        second.execute("BEGIN")
        assert pool_in_use(visit).ok, "two clients use one each"
        with session(visit.target, "two", autocommit=False) as third:
            third.execute("SELECT 1")
            assert pool_in_use(visit).seen == "2 in use by two at 127.0.0.1, not < 2 connections"


def test_forgotten_transaction_is_named(visit: Visit) -> None:
    with session(visit.target, "careless", autocommit=False) as connection:
        connection.execute("SELECT 1")
        wait_for(visit, f"state = 'idle in transaction' AND {older('state_change')}")
        reading = idle_transactions(visit)
    assert reading.outcome is Outcome.FAIL
    assert "(careless) idle in transaction for" in reading.seen


@pytest.mark.parametrize(("name", "ok"), [("report", False), ("pg_dump", True)])
def test_long_query_is_named_unless_it_is_a_backup(visit: Visit, name: str, *, ok: bool) -> None:
    with session(visit.target, name) as connection, ThreadPoolExecutor(1) as beside:
        asked = beside.submit(connection.execute, "SELECT pg_sleep(30)")
        wait_for(visit, f"state = 'active' AND query LIKE '%pg_sleep(30)' AND {older('query_start')}")
        reading = long_queries(visit)
        connection.cancel()
        assert isinstance(asked.exception(), psycopg.errors.QueryCanceled)
    assert reading.ok is ok, str(reading)
    assert ok or "(report) active for" in reading.seen


def test_session_that_waits_for_a_lock_is_named_with_its_blocker(visit: Visit) -> None:
    with (
        session(visit.target, "holder", autocommit=False) as holder,
        session(visit.target, "waiter") as waiter,
        ThreadPoolExecutor(1) as beside,
    ):
        holder.execute("UPDATE jobs SET id = 2")
        asked = beside.submit(waiter.execute, "UPDATE jobs SET id = 3")
        wait_for(visit, f"wait_event_type = 'Lock' AND {older('query_start')}")
        reading = locks(visit)
        holder.rollback()
        asked.result()
    assert reading.outcome is Outcome.FAIL
    assert "(waiter) waits" in reading.seen
    assert "(holder, idle in transaction)" in reading.seen
    assert locks(visit).ok
