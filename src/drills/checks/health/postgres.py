"""Postgres, asked by itself: does it answer, may the application use it, does it keep what is written."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from psycopg import sql

from drills.checks.artifacts import Kind, new_tag
from drills.checks.definition import CheckSuite, check
from drills.checks.result import CheckFailed, Skipped

if TYPE_CHECKING:
    from psycopg import Connection

    from drills.checks.context import CheckContext
    from drills.checks.target import Target

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
TABLE = "synthetic_{}"
_RIGHTS = "SELECT kind, has_table_privilege('jobs', kind) FROM unnest(%s::text[]) AS kind"
_MAY_CREATE = "SELECT current_schema(), has_schema_privilege(current_schema(), 'CREATE')"


@check(
    "postgres",
    suite=CheckSuite.HEALTH,
    needs="postgres_dsn",
    expected="an answer to SELECT 1 and a table jobs",
    next_step="read the log of Postgres",
    level=1,
    incident=5,
    essential=True,
)
def postgres(context: CheckContext) -> str:
    """Ask Postgres something only a working server with the application's schema answers."""
    row = ask(context.target, "SELECT 1, to_regclass('jobs') IS NOT NULL")[0]
    if row != (1, True):
        raise CheckFailed(f"{row}: no table jobs" if row[0] == 1 else f"SELECT 1 -> {row}")
    return "SELECT 1 -> 1, table jobs is there"


@check(
    "postgres rights",
    suite=CheckSuite.HEALTH,
    needs="postgres_dsn",
    expected=f"the application's role to have {', '.join(RIGHTS)} on jobs",
    next_step="GRANT the missing rights on the table jobs to the application's role",
    level=2,
    incident=1,
    after=(postgres,),
)
def postgres_rights(context: CheckContext) -> str:
    """Look whether the role that the target names may do with jobs what the application does."""
    missing = [kind for kind, given in ask(context.target, _RIGHTS, list(RIGHTS)) if not given]
    if missing:
        raise CheckFailed(f"no right to {', '.join(missing)} on jobs")
    return f"{', '.join(RIGHTS)} on jobs"


@check(
    "postgres write",
    suite=CheckSuite.HEALTH,
    needs="postgres_dsn",
    expected="a row that is committed over one connection and read over another",
    next_step="read the log of Postgres, and look at its disk",
    level=2,
    incident=1,
    after=(postgres,),
    writes=True,
)
def postgres_write(context: CheckContext) -> str:
    """Keep a row in a table of our own, which is gone afterwards; the application's tables are left alone."""
    schema, may_create = ask(context.target, _MAY_CREATE)[0]
    if not may_create:
        raise Skipped(f"this role may not create a table of its own in schema {schema}")
    tag = new_tag()
    name = TABLE.format(tag.lower())
    table = sql.Identifier(name)
    context.artifacts.note(Kind.TABLE, name)
    with closing(connect(context.target)) as writer, closing(connect(context.target)) as reader:
        writer.execute(sql.SQL("CREATE TABLE {} (tag text)").format(table))
        try:
            writer.execute(sql.SQL("INSERT INTO {} VALUES (%s)").format(table), (tag,))
            found = reader.execute(sql.SQL("SELECT tag FROM {}").format(table)).fetchall()
        finally:
            writer.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
    if found != [(tag,)]:
        raise CheckFailed(f"wrote {tag}, read {found}")
    return f"{tag} written, read over a second connection, and dropped"


def connect(target: Target) -> Connection[Any]:
    """Return a connection that commits each statement and waits `target.timeout_s` for each answer."""
    assert target.postgres_dsn
    seconds = max(2, round(target.timeout_s))  # libpq rounds 1 up to 2 by itself
    options = f"-c statement_timeout={round(target.timeout_s * 1000)}"
    return psycopg.connect(target.postgres_dsn, connect_timeout=seconds, options=options, autocommit=True)


def ask(target: Target, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    """Return the rows that answer *query*, over a connection of its own."""
    with closing(connect(target)) as connection:
        return connection.execute(query, values or None).fetchall()
