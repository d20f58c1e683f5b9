import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from drills.checks.artifacts import Kind
from drills.checks.context import CheckContext
from drills.checks.definition import Check, CheckSuite
from drills.checks.health import postgres_sessions as connections
from drills.checks.health.postgres import postgres, postgres_rights, postgres_write
from drills.checks.health.postgres_sessions import (
    idle_transactions,
    locks,
    long_queries,
    pool_in_use,
    server_connections,
)
from drills.checks.result import Outcome
from drills.checks.stores import ask_postgres as ask
from drills.checks.target import Target
from drills.common.waiting import wait_until
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.pooler import pooler
from tests.helpers.small_postgres import folder_of_programs, small_postgres

PROGRAMS = folder_of_programs()
SHORT_S = 0.2

if PROGRAMS is None:
    pytest.skip("no programs of Postgres are installed here", allow_module_level=True)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    assert PROGRAMS is not None
    with small_postgres(PROGRAMS) as dsn:
        yield dsn


@pytest.fixture
def context(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CheckContext]:
    """Yield the context of a target with a database of its own in the server, and a role that is no superuser."""
    monkeypatch.setattr(connections, "STATEMENT_S", SHORT_S)
    with psycopg.connect(f"{server} user=owner", autocommit=True) as owner:
        owner.execute("CREATE ROLE app LOGIN")
        owner.execute("CREATE DATABASE app OWNER app")
        target = Target(
            name="x",
            front_url="http://h:1",
            postgres_dsn=f"{server} user=app dbname=app",
            tables=("jobs",),
            answer_s=SHORT_S,
        )
        run(target, "CREATE TABLE jobs (id int PRIMARY KEY)")
        run(target, "INSERT INTO jobs VALUES (1)")
        try:
            yield CheckContext(target, OWN_RUNBOOK)
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


def wait_for(context: CheckContext, condition: str) -> None:
    """Wait until a session of the test is in the state that the check looks for."""
    query = f"SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND {condition}"
    wait_until(
        lambda: ask(context.target, query)[0][0] > 0,
        deadline_s=10,
        expected=condition,
        where="Postgres",
        next_step="read pg_stat_activity",
    )


def older(milestone: str) -> str:
    return f"clock_timestamp() - {milestone} > interval '{SHORT_S * 1.5} seconds'"


def test_sound_database_passes(context: CheckContext) -> None:
    looks = (postgres, postgres_rights, postgres_write, server_connections, pool_in_use)
    for one in (*looks, idle_transactions, long_queries, locks):
        check_result = one(context)
        assert check_result.ok, str(check_result)


def test_table_of_ours_is_noted_and_gone(context: CheckContext) -> None:
    assert postgres_write(context).ok
    (name,) = context.artifacts.noted(Kind.TABLE)
    assert name.startswith("synthetic_syn")
    assert ask(context.target, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'synthetic%'") == [(0,)]


def test_database_without_the_schema_is_seen(context: CheckContext) -> None:
    run(context.target, "DROP TABLE jobs")
    assert postgres(context).seen == "no table jobs"
    assert postgres_rights(context).outcome is Outcome.FAIL


def test_target_that_names_no_table_is_asked_for_none(context: CheckContext) -> None:
    run(context.target, "DROP TABLE jobs")
    bare = CheckContext(context.target.changed(tables=()), OWN_RUNBOOK)
    assert postgres(bare).seen == "SELECT 1 -> 1"
    assert postgres_rights(bare).seen == "not checked: no tables in the target"


def test_missing_right_is_named(context: CheckContext) -> None:
    run(context.target, "REVOKE DELETE, UPDATE ON jobs FROM app")
    assert postgres_rights(context).seen == "no right to UPDATE, DELETE on jobs"


def test_database_that_only_reads_cannot_be_written(context: CheckContext) -> None:
    run(context.target, "ALTER DATABASE app SET default_transaction_read_only = on")
    check_result = postgres_write(context)
    assert check_result.outcome is Outcome.FAIL
    assert "read-only" in check_result.seen


def test_role_that_may_not_create_tables_is_no_failure(context: CheckContext, server: str) -> None:
    with psycopg.connect(f"{server} user=owner dbname=app", autocommit=True) as owner:
        owner.execute("ALTER DATABASE app OWNER TO owner")
        owner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC, app")
    assert postgres_write(context).outcome is Outcome.SKIPPED
    with psycopg.connect(f"{server} user=owner", autocommit=True) as owner:
        owner.execute("ALTER DATABASE app OWNER TO app")


def test_server_with_little_room_is_seen_before_it_refuses(context: CheckContext) -> None:
    with ExitStack() as held:
        for _ in range(6):
            held.enter_context(session(context.target))
        check_result = server_connections(context)
        assert check_result.outcome is Outcome.FAIL
        assert check_result.seen.startswith("8 of 10 (1 active, 1 hidden, 6 idle)"), check_result.seen
        assert "instead of < 80%" in check_result.seen
        assert pool_in_use(context).ok, "idle connections are not in use"


def test_pool_in_use_is_counted_by_client(context: CheckContext, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = OWN_RUNBOOK.target(OWN_RUNBOOK.incident(5))
    monkeypatch.setattr(type(OWN_RUNBOOK), "target", lambda *_: type(allowed)("<", 2, "connections", "< 2 connections"))
    with session(context.target, "one", autocommit=False) as first, session(context.target, "two") as second:
        first.execute("SELECT 1")
        assert pool_in_use(context).ok
        second.execute("BEGIN")
        assert pool_in_use(context).ok, "two clients use one each"
        with session(context.target, "two", autocommit=False) as third:
            third.execute("SELECT 1")
            assert pool_in_use(context).seen == "2 in use by two at 127.0.0.1, not < 2 connections"


def test_forgotten_transaction_is_named(context: CheckContext) -> None:
    with session(context.target, "careless", autocommit=False) as connection:
        connection.execute("SELECT 1")
        wait_for(context, f"state = 'idle in transaction' AND {older('state_change')}")
        check_result = idle_transactions(context)
    assert check_result.outcome is Outcome.FAIL
    assert "(careless) idle in transaction for" in check_result.seen


@pytest.mark.parametrize(("name", "ok"), [("report", False), ("pg_dump", True)])
def test_long_query_is_named_unless_it_is_a_backup(context: CheckContext, name: str, *, ok: bool) -> None:
    with session(context.target, name) as connection, ThreadPoolExecutor(1) as beside:
        asked = beside.submit(connection.execute, "SELECT pg_sleep(30)")
        wait_for(context, f"state = 'active' AND query LIKE '%pg_sleep(30)' AND {older('query_start')}")
        check_result = long_queries(context)
        connection.cancel()
        assert isinstance(asked.exception(), psycopg.errors.QueryCanceled)
    assert check_result.ok is ok, str(check_result)
    assert ok or "(report) active for" in check_result.seen


def test_session_that_waits_for_a_lock_is_named_with_its_blocker(context: CheckContext) -> None:
    with (
        session(context.target, "holder", autocommit=False) as holder,
        session(context.target, "waiter") as waiter,
        ThreadPoolExecutor(1) as beside,
    ):
        holder.execute("UPDATE jobs SET id = 2")
        asked = beside.submit(waiter.execute, "UPDATE jobs SET id = 3")
        wait_for(context, f"wait_event_type = 'Lock' AND {older('query_start')}")
        check_result = locks(context)
        holder.rollback()
        asked.result()
    assert check_result.outcome is Outcome.FAIL
    assert "(waiter) waits" in check_result.seen
    assert "(holder, idle in transaction)" in check_result.seen
    assert locks(context).ok


def test_pooler_that_takes_no_settings_is_asked_without(context: CheckContext, server: str) -> None:
    about = conninfo_to_dict(server)
    with pooler(str(about["host"]), int(str(about["port"]))) as address:
        host, _, port = address.partition(":")
        dsn = f"postgresql://app@{host}:{port}/app"
        with pytest.raises(psycopg.OperationalError, match="unsupported startup parameter"):
            psycopg.connect(dsn, options="-c statement_timeout=1000")
        target = context.target.changed(postgres_dsn=dsn, timeout_s=0.3)
        for one in (postgres, postgres_rights, postgres_write, server_connections):
            check_result = one(CheckContext(target, OWN_RUNBOOK))
            assert check_result.ok, str(check_result)
        began = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled, match=r"no answer within 0\.3 s"):
            ask(target, "SELECT pg_sleep(30)")
        assert time.monotonic() - began < 10


def test_options_of_the_address_stay_as_they_are(context: CheckContext) -> None:
    dsn = f"{context.target.postgres_dsn} options='-c search_path=mine' connect_timeout=7"
    target = context.target.changed(postgres_dsn=dsn, timeout_s=4)
    assert ask(target, "SHOW search_path") == [("mine",)]
    assert ask(target, "SHOW statement_timeout") == [("4s",)]


def test_what_a_role_may_not_ask_is_left_out(context: CheckContext) -> None:
    def asks(looking: CheckContext) -> str:
        return str(ask(looking.target, "SELECT * FROM pg_authid"))

    check_result = Check("x", CheckSuite.HEALTH, ("postgres_dsn",), "", "", 1, None, asks)(context)
    assert check_result.outcome is Outcome.SKIPPED
    assert "permission denied for table pg_authid" in check_result.seen


def test_runbook_that_says_nothing_of_a_quantity_leaves_its_checks_out(context: CheckContext) -> None:
    bare = CheckContext(context.target, replace(OWN_RUNBOOK, incidents=(), metrics=()))
    for one in (server_connections, pool_in_use):
        check_result = one(bare)
        assert check_result.outcome is Outcome.SKIPPED, str(check_result)
        assert "the runbook says nothing of" in check_result.seen
