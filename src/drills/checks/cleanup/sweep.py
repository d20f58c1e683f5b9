"""Finds what runs left behind that nobody has notes of: by the tag in its name, and only when that is old enough."""

from __future__ import annotations

import json
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final

from drills.checks.artifacts import MARK, Artifact, Kind, made_at_s
from drills.checks.health.postgres import connect
from drills.checks.health.redis import connect_redis
from drills.checks.object_store import objects_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from drills.checks.target import Target

OLD_S: Final = 3600.0
"""No run takes this long, so what is older belongs to none that is under way."""
SLACK_S: Final = 60.0  # clocks differ
FORGOTTEN_S: Final = 7 * 86400.0
"""Jobs older than this are not looked through; the system itself lets them expire much sooner."""
PAGE: Final = 1000
PAGES: Final = 100
# Coarse, so that the database need not understand results; each is read again before its job is taken for ours.
JOBS: Final = """
    SELECT id::text, result FROM jobs
    WHERE "createdAt" BETWEEN now() - %s * interval '1 second' AND now() - %s * interval '1 second'
    AND result::text LIKE %s LIMIT %s
"""


def forgotten(target: Target, now_s: float | None = None) -> list[Artifact]:
    """Return what killed runs left in `target` more than an hour ago; a store that does not answer holds nothing."""
    now = time.time() if now_s is None else now_s
    found: list[Artifact] = []
    for look in (_jobs, _tables, _keys, _objects):
        with suppress(Exception):  # looking for leftovers is no check: whatever a store answers, the verdict stands
            found += [one for one in look(target) if FORGOTTEN_S > now - one.at_s > OLD_S]
    return found


def unanswered(target: Target, uploads: Collection[Artifact]) -> list[Artifact]:
    """Return the jobs that were made of `uploads`, known by their tags only: nobody lived to read their answers."""
    if target.postgres_dsn is None or not uploads:
        return []
    tags = {one.name for one in uploads}
    with suppress(Exception), closing(connect(target)) as connection:
        values = (time.time() - min(one.at_s for one in uploads) + SLACK_S, 0, f"%{MARK}%", PAGE)
        rows = connection.execute(JOBS, values).fetchall()
        return [found for job, result in rows if (found := _made_up(job, result)) and tags & set(_modules(result))]
    return []


def _jobs(target: Target) -> Iterator[Artifact]:
    if target.postgres_dsn is None:
        return
    with closing(connect(target)) as connection:
        rows = connection.execute(JOBS, (FORGOTTEN_S, OLD_S, f"%{MARK}%", PAGE)).fetchall()
    yield from (found for job, result in rows if (found := _made_up(job, result)))


def _made_up(job: str, result: Any) -> Artifact | None:
    """Return a job as ours, None unless every module in its result is made up: one real one makes it real."""
    modules = list(_modules(result))
    times = [made_at_s(one) for one in modules if one.startswith(MARK)]
    found = [made for made in times if made is not None]
    return Artifact(Kind.JOB, job, max(found)) if found and len(found) == len(modules) else None


def _modules(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        with suppress(ValueError):  # a column of text with JSON in it
            found = json.loads(found)
    if isinstance(found, dict):
        if "module" in found:
            yield str(found["module"])
        for value in found.values():
            if not isinstance(value, str):
                yield from _modules(value)
    elif isinstance(found, list):
        for value in found:
            if not isinstance(value, str):
                yield from _modules(value)


def _tables(target: Target) -> Iterator[Artifact]:
    if target.postgres_dsn is None:
        return
    query = r"SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'synthetic\_%'"
    with closing(connect(target)) as connection:
        for (name,) in connection.execute(query).fetchall():
            yield from _tagged(Kind.TABLE, name)


def _keys(target: Target) -> Iterator[Artifact]:
    """Go through the keys of Redis in pages, and not without end: a large store is not to feel this."""
    if target.redis_url is None:
        return
    cursor = 0
    with connect_redis(target) as store:
        for _ in range(PAGES):
            cursor, names = store.scan(cursor, match="synthetic:*", count=PAGE)
            for name in names:
                yield from _tagged(Kind.KEY, name)
            if cursor == 0:
                return


def _objects(target: Target) -> Iterator[Artifact]:
    store = objects_of(target)
    if store is None:
        return
    for one in store.list_objects(target.s3_bucket, prefix="synthetic/", recursive=True):
        yield from _tagged(Kind.OBJECT, one.object_name or "")


def _tagged(kind: Kind, name: str) -> Iterator[Artifact]:
    made = made_at_s(name)
    if made is not None:
        yield Artifact(kind, name, made)
