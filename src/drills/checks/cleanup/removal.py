"""Remove from a system what checks left there, and nothing else; report what cannot be removed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from minio.error import S3Error
from psycopg import sql

from drills.checks import Kind, connect_postgres, connect_redis, objects_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drills.checks import Artifact, Target


@dataclass
class CleanupReport:
    """What was removed, in counts by kind; `stays` are sentences, `left` is what the next run tries again."""

    removed: Counter[str] = field(default_factory=Counter)
    stays: list[str] = field(default_factory=list)
    left: list[Artifact] = field(default_factory=list)

    def stay(self, artifacts: Collection[Artifact], why: str, *, again: bool) -> None:
        """Report that *artifacts* stay; *again* says whether a later run tries to remove them."""
        if artifacts:
            verb = "stays" if len(artifacts) == 1 else "stay"
            self.stays.append(f"{counted(len(artifacts), next(iter(artifacts)).kind)} {verb}: {why}")
            self.left += artifacts if again else ()

    def add(self, other: CleanupReport) -> None:
        """Add another report to this one."""
        self.removed.update(other.removed)
        self.stays += other.stays
        self.left += other.left

    def sentences(self) -> list[str]:
        """Return a sentence for each outcome; none where nothing was left."""
        gone = ", ".join(counted(count, kind) for kind, count in sorted(self.removed.items()) if count)
        return [*([f"removed again: {gone}"] if gone else []), *self.stays]


Remover = Callable[["Target", Collection["Artifact"], CleanupReport], None]
"""Removes artifacts of one kind and reports each of them; what it raises is reported for all of them."""


def remover(needs: tuple[str, ...], ours: str, delete: Callable[[Target, Collection[str]], int]) -> Remover:
    """Return a remover that deletes artifacts by their names.

    *needs* are the fields that the target has to give, *ours* is the pattern of names that checks give: nothing of
    another name is removed. *delete* returns how many of the names were still there.
    """
    pattern = re.compile(ours)

    def remove(target: Target, artifacts: Collection[Artifact], report: CleanupReport) -> None:
        missing = [need for need in needs if getattr(target, need) is None]
        known = [artifact for artifact in artifacts if pattern.fullmatch(artifact.name)]
        report.stay(
            [artifact for artifact in artifacts if artifact not in known], "not a name that checks give", again=False
        )
        if missing:
            report.stay(known, f"the target gives no {target.title_of(missing[0])}", again=False)
        elif known:
            report.removed[known[0].kind] += delete(target, [artifact.name for artifact in known])

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
"""The removers, by kind, for what the engine's own checks leave."""


def counted(count: int, noun: str) -> str:
    """Return the number with its noun, such as "2 jobs"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
