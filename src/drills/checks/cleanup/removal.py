"""Removes from a system what checks left there, and nothing else; what cannot be removed is told, and kept in mind."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from minio.error import S3Error
from psycopg import sql

from drills.checks.artifacts import Kind
from drills.checks.cleanup.job_removal import remove_jobs
from drills.checks.cleanup.report import Tidied
from drills.checks.definition import in_words
from drills.checks.health.postgres import connect
from drills.checks.health.redis import connect_redis
from drills.checks.object_store import objects_of
from drills.checks.target import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from drills.checks.artifacts import Artifact
    from drills.checks.target import Target


def remove(target: Target, artifacts: Iterable[Artifact]) -> Tidied:
    """Remove what `traces` say, kind by kind; never raises for what a store answers, or does not answer."""
    tidied = Tidied()
    noted = list({(one.kind, one.name): one for one in artifacts}.values())
    for kind in Kind:
        mine = [one for one in noted if one.kind is kind]
        if not mine:
            continue
        before = len(tidied.left)
        try:
            _remove(target, kind, mine, tidied)
        except Exception as error:  # noqa: BLE001  (a clean-up that fails must not take the verdict with it)
            del tidied.left[before:]
            tidied.stay(mine, target.redact(in_words(error, target)), again=True)
    return tidied


def _remove(target: Target, kind: Kind, artifacts: Collection[Artifact], tidied: Tidied) -> None:
    if kind is Kind.JOB:
        remove_jobs(target, artifacts, tidied)
        return
    way = WAYS[kind]
    missing = [need for need in way.needs if getattr(target, need) is None]
    ours = [one for one in artifacts if way.ours.fullmatch(one.name)]
    tidied.stay([one for one in artifacts if one not in ours], "not a name that checks give", again=False)
    if missing:
        tidied.stay(ours, f"the target gives no {NAMES[missing[0]]}", again=False)
    elif ours:
        tidied.removed[kind] += way.remove(target, [one.name for one in ours])


def _remove_keys(target: Target, names: Collection[str]) -> int:
    with connect_redis(target) as store:
        return int(store.delete(*names))


def _remove_sessions(target: Target, names: Collection[str]) -> int:
    return _remove_keys(target, [f"sess:{name}" for name in names])


def _remove_tables(target: Target, names: Collection[str]) -> int:
    with closing(connect(target)) as connection:
        there = connection.execute("SELECT relname FROM pg_class WHERE relname = ANY(%s)", (list(names),)).fetchall()
        for (name,) in there:
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(name)))
    return len(there)


def _remove_objects(target: Target, names: Collection[str]) -> int:
    store = objects_of(target)
    assert store is not None
    count = 0
    for name in names:
        try:
            store.stat_object(target.s3_bucket, name)
        except S3Error as error:
            if error.code != "NoSuchKey":
                raise
            continue
        store.remove_object(target.s3_bucket, name)
        count += 1
    return count


@dataclass(frozen=True)
class Way:
    """How one kind is removed: what the target has to give, which names are ours, and the deed; it counts."""

    needs: tuple[str, ...]
    ours: re.Pattern[str]
    remove: Callable[[Target, Collection[str]], int]


WAYS: Final = {
    Kind.OBJECT: Way(("store_url", "s3_access_key", "s3_secret_key"), re.compile("synthetic/.+"), _remove_objects),
    Kind.KEY: Way(("redis_url",), re.compile("synthetic:.+"), _remove_keys),
    Kind.TABLE: Way(("postgres_dsn",), re.compile("synthetic_[A-Za-z0-9_]+"), _remove_tables),
    Kind.SESSION: Way(("redis_url",), re.compile("[A-Za-z0-9_-]+"), _remove_sessions),
}
