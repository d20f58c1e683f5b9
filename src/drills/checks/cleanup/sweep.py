"""Find artifacts without notes, by the tag in their names, which says when each was made."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

from drills.checks import Artifact, Kind, connect_postgres, connect_redis, made_at_s, objects_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.checks import Target


PAGE: Final = 1000
PAGES: Final = 100


def tables(target: Target) -> Iterator[Artifact]:
    """Yield the tables that checks made."""
    if target.postgres_dsn is None:
        return
    query = r"SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'synthetic\_%'"
    with closing(connect_postgres(target)) as connection:
        for (name,) in connection.execute(query).fetchall():
            yield from _tagged(Kind.TABLE, name)


def keys(target: Target) -> Iterator[Artifact]:
    """Yield the keys in Redis that checks made; a scan of at most 100 pages, so that it is no load."""
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


def objects(target: Target) -> Iterator[Artifact]:
    """Yield the objects that checks made in the target's bucket."""
    store = objects_of(target)
    if store is None or target.s3_bucket is None:
        return
    for entry in store.list_objects(target.s3_bucket, prefix="synthetic/", recursive=True):
        yield from _tagged(Kind.OBJECT, entry.object_name or "")


def _tagged(kind: Kind, name: str) -> Iterator[Artifact]:
    made = made_at_s(name)
    if made is not None:
        yield Artifact(kind, name, made)
