"""Check Postgres directly: it answers, the application has its rights, and a row that is written can be read."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from psycopg import sql

from drills.checks import CheckFailed, CheckSuite, Kind, Skipped, ask_postgres, check, connect_postgres, new_tag
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import CheckContext

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
TABLE = "synthetic_{}"
_MISSING = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NULL ORDER BY name"
_RIGHTS = """
    SELECT name, kind
    FROM unnest(%s::text[]) WITH ORDINALITY AS named (name, i), unnest(%s::text[]) WITH ORDINALITY AS rights (kind, j)
    WHERE NOT has_table_privilege(name, kind) ORDER BY i, j
"""
_MAY_CREATE = "SELECT current_schema(), has_schema_privilege(current_schema(), 'CREATE')"


@check(
    "postgres",
    suite=CheckSuite.HEALTH,
    needs="postgres_dsn",
    expected="an answer to SELECT 1, and the tables that the target names",
    next_step="read the log of Postgres",
    level=1,
    incident=Quantity.CONNECTION_POOL,
    essential=True,
)
def postgres(context: CheckContext) -> str:
    """Ask Postgres something that only a working server with the application's schema answers."""
    answer, tables = ask_postgres(context.target, "SELECT 1")[0][0], context.target.tables
    if answer != 1:
        raise CheckFailed(f"SELECT 1 -> {answer}")
    missing = [name for (name,) in ask_postgres(context.target, _MISSING, list(tables))] if tables else []
    if missing:
        raise CheckFailed(f"no table {', '.join(missing)}")
    return f"SELECT 1 -> 1{', with ' if tables else ''}{', '.join(tables)}"


@check(
    "postgres rights",
    suite=CheckSuite.HEALTH,
    needs=("postgres_dsn", "tables"),
    expected=f"the application's role to have {', '.join(RIGHTS)} on each table that the target names",
    next_step="GRANT the missing rights on that table to the application's role",
    level=2,
    incident=Quantity.ERROR_RATE,
)
def postgres_rights(context: CheckContext) -> str:
    """Ask whether the role of the DSN has the application's rights on the application's tables."""
    missing: dict[str, list[str]] = {}
    for table, right in ask_postgres(context.target, _RIGHTS, list(context.target.tables), list(RIGHTS)):
        missing.setdefault(table, []).append(right)
    if missing:
        raise CheckFailed("; ".join(f"no right to {', '.join(rights)} on {table}" for table, rights in missing.items()))
    return f"{', '.join(RIGHTS)} on {', '.join(context.target.tables)}"


@check(
    "postgres write",
    suite=CheckSuite.HEALTH,
    needs="postgres_dsn",
    expected="a row that is committed over one connection and read over another",
    next_step="read the log of Postgres, and the free space of its disk (`df -h`)",
    level=2,
    incident=Quantity.ERROR_RATE,
    writes=True,
)
def postgres_write(context: CheckContext) -> str:
    """Write, read and drop a table of the check's own; the application's tables are not touched."""
    schema, may_create = ask_postgres(context.target, _MAY_CREATE)[0]
    if not may_create:
        raise Skipped(f"this role may not create a table of its own in schema {schema}")
    tag = new_tag()
    name = TABLE.format(tag.lower())
    table = sql.Identifier(name)
    context.artifacts.note(Kind.TABLE, name)
    with closing(connect_postgres(context.target)) as writer, closing(connect_postgres(context.target)) as reader:
        writer.execute(sql.SQL("CREATE TABLE {} (tag text)").format(table))
        try:
            writer.execute(sql.SQL("INSERT INTO {} VALUES (%s)").format(table), (tag,))
            found = reader.execute(sql.SQL("SELECT tag FROM {}").format(table)).fetchall()
        finally:
            writer.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
    if found != [(tag,)]:
        raise CheckFailed(f"wrote {tag}, read {found}")
    return f"{tag} written, read over a second connection, and dropped"
