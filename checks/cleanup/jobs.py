"""Remove jobs: their entries in the queue, their rows, and the files that no worker has parsed."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from checks.cleanup.kinds import JOB
from checks.cleanup.queue_entries import Entry, take_out
from drills.checks import connect_postgres, connect_redis, objects_of
from drills.common.waiting import WaitTimeout, wait_until

if TYPE_CHECKING:
    from collections.abc import Collection

    from drills.checks import Artifact, Target
    from drills.checks.cleanup.removal import CleanupReport

# A worker updates the row of a job that is done first, and its entry in the queue a moment later.
PATIENCE_S: Final = 2.0
ENDED: Final = ("completed", "failed")
DELETE: Final = """
    DELETE FROM jobs WHERE id = ANY(%(jobs)s::uuid[]) AND (%(any)s OR status = ANY(%(ended)s))
    RETURNING "s3Key", status
"""


def remove_jobs(target: Target, artifacts: Collection[Artifact], report: CleanupReport) -> None:
    """Remove jobs from the queue first, so that no worker ever meets a job without a row.

    A job that a worker is parsing stays for the next run. Without Redis, only jobs that have ended are removed.
    """
    known = {one.name: one for one in artifacts if _is_uuid(one.name)}
    entries = _take_out(target, known.values())
    if target.postgres_dsn is None:
        report.stay(list(known.values()), f"the target gives no {target.title_of('postgres_dsn')}", again=False)
        return
    idle = [job for job in known if entries.get(job) is not Entry.ACTIVE]
    removed, left = _delete(target, idle, known, in_queue=target.redis_url is not None)
    report.removed[JOB] += len(removed)
    report.stay([known[job] for job in left], "a worker has not ended it yet", again=True)
    keys = [key for key, status in removed if key and status not in ENDED]
    _delete_files(target, keys, report)


def _take_out(target: Target, artifacts: Collection[Artifact]) -> dict[str, Entry]:
    if target.redis_url is None or target.queue is None or not artifacts:
        return {}
    since_s = min(one.at_s for one in artifacts)
    names = [one.name for one in artifacts]
    found: dict[str, Entry] = {}
    queue = target.queue
    with connect_redis(target) as store:

        def look() -> bool:
            waiting = [name for name in names if found.get(name, Entry.ACTIVE) is Entry.ACTIVE]
            found.update(take_out(store, queue, waiting, since_s))
            return Entry.ACTIVE not in found.values()

        with suppress(WaitTimeout):  # `found` says which jobs are still active
            wait_until(
                look,
                deadline_s=PATIENCE_S,
                expected="no job of a check to be active",
                where=target.name,
                next_step="run the checks again once the workers have ended these jobs",
            )
    return found


def _delete(
    target: Target, idle: Collection[str], known: Collection[str], *, in_queue: bool
) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Delete the rows of `idle` jobs; return key and status of each, and those among `known` that are still there."""
    with closing(connect_postgres(target)) as connection:
        values = {"jobs": list(idle), "any": in_queue, "ended": list(ENDED)}
        removed = connection.execute(DELETE, values).fetchall()
        rows = connection.execute("SELECT id::text FROM jobs WHERE id = ANY(%s::uuid[])", (list(known),)).fetchall()
    return removed, [str(row[0]) for row in rows]


def _delete_files(target: Target, keys: Collection[str], report: CleanupReport) -> None:
    if not keys:
        return
    store = objects_of(target)
    if store is None or target.s3_bucket is None:
        missing = target.title_of("s3_access_key")
        report.stays.append(f"{len(keys)} uploaded files stay in the object store: the target gives no {missing}")
        return
    for key in keys:
        store.remove_object(target.s3_bucket, key)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
