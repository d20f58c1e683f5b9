"""Removes from a system what checks left there, and nothing else; what cannot be removed is told, and kept in mind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from minio.error import S3Error
from psycopg import sql

from drills.checks import Kind
from drills.checks.stores import connect_postgres, connect_redis, objects_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drills.checks import Artifact, Target


@dataclass
class CleanupReport:
    """Grows while things are removed; `stays` are sentences, `left` are the artifacts that the next run tries again."""

    removed: Counter[str] = field(default_factory=Counter)
    stays: list[str] = field(default_factory=list)
    left: list[Artifact] = field(default_factory=list)

    def stay(self, artifacts: Collection[Artifact], why: str, *, again: bool) -> None:
        """Say that *artifacts* stay; *again* is whether a later run may be luckier."""
        if artifacts:
            verb = "stays" if len(artifacts) == 1 else "stay"
            self.stays.append(f"{counted(len(artifacts), next(iter(artifacts)).kind)} {verb}: {why}")
            self.left += artifacts if again else ()

    def add(self, other: CleanupReport) -> None:
        """Take over what came of removing something else."""
        self.removed.update(other.removed)
        self.stays += other.stays
        self.left += other.left

    def sentences(self) -> list[str]:
        """Return what there is to say, in a line each; nothing where nothing was left."""
        gone = ", ".join(counted(count, kind) for kind, count in sorted(self.removed.items()) if count)
        return [*([f"removed again: {gone}"] if gone else []), *self.stays]


Remover = Callable[["Target", Collection["Artifact"], CleanupReport], None]
"""Removes artifacts of one kind and reports each of them; what it raises is reported for all of them."""


def remover(needs: tuple[str, ...], ours: str, delete: Callable[[Target, Collection[str]], int]) -> Remover:
    """Return a remover of what has a name of its own.

    *needs* are the fields that the target has to give, *ours* is the pattern of names that checks give: nothing of
    another name is removed. *delete* returns how many of the names were still there.
    """
    pattern = re.compile(ours)

    def remove(target: Target, artifacts: Collection[Artifact], report: CleanupReport) -> None:
        missing = [need for need in needs if getattr(target, need) is None]
        known = [one for one in artifacts if pattern.fullmatch(one.name)]
        report.stay([one for one in artifacts if one not in known], "not a name that checks give", again=False)
        if missing:
            report.stay(known, f"the target gives no {target.title_of(missing[0])}", again=False)
        elif known:
            report.removed[known[0].kind] += delete(target, [one.name for one in known])

    return remove


def delete_keys(target: Target, names: Collection[str]) -> int:
    """Delete keys of the target's Redis; return how many there were."""
    with connect_redis(target) as store:
        return int(store.delete(*names))


def _delete_tables(target: Target, names: Collection[str]) -> int:
    with closing(connect_postgres(target)) as connection:
        there = connection.execute("SELECT relname FROM pg_class WHERE relname = ANY(%s)", (list(names),)).fetchall()
        for (name,) in there:
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(name)))
    return len(there)


def _delete_objects(target: Target, names: Collection[str]) -> int:
    store, bucket = objects_of(target), target.s3_bucket
    assert store is not None
    assert bucket is not None
    count = 0
    for name in names:
        try:
            store.stat_object(bucket, name)
        except S3Error as error:
            if error.code != "NoSuchKey":
                raise
            continue
        store.remove_object(bucket, name)
        count += 1
    return count


REMOVERS: Final[Mapping[str, Remover]] = {
    Kind.OBJECT: remover(("store_url", "s3_access_key", "s3_secret_key", "s3_bucket"), "synthetic/.+", _delete_objects),
    Kind.KEY: remover(("redis_url",), "synthetic:.+", delete_keys),
    Kind.TABLE: remover(("postgres_dsn",), "synthetic_[A-Za-z0-9_]+", _delete_tables),
}
"""How to remove what checks of parts that any system may have leave behind."""


def counted(count: int, noun: str) -> str:
    """Return the number with its noun, such as "2 jobs"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
