"""Files in the object store: each is kept until its job has ended, and no longer."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final

import psycopg

from checks.smoke.upload import exams, journey, semester_tests
from checks.target import to_the_letter
from drills.checks import CheckFailed, CheckSuite, Pace, Skipped, ask_postgres, check, measured_objects
from drills.checks.health.object_store import NEEDS
from drills.common.waiting import WaitTimeout, wait_until
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import CheckContext

LOOKED_AT: Final = 5000
"""How many files of the bucket are compared with their jobs."""
PATIENCE_S: Final = 10.0  # a worker writes that a job has ended, and deletes its file a moment later
ENDED: Final = """SELECT "s3Key" FROM jobs WHERE "s3Key" = ANY(%s) AND status IN ('completed', 'failed')"""


@check(
    "files of ended jobs",
    suite=CheckSuite.SMOKE,
    needs=(*NEEDS, "postgres_dsn"),
    expected="no file of a job that has ended in the bucket {s3_bucket}",
    next_step="read the workers' logs for files that stay; such files fill the disk of the object store",
    level=3,
    incident=Quantity.RESOURCE_UTILIZATION,
    after=(journey, semester_tests, exams),
    pace=Pace.ANY,
    clauses=("EN-01",),
)
def files_of_ended_jobs(context: CheckContext) -> str:
    """Look for files whose job has ended, and which are still there a little later: those of this run's uploads too."""
    left = _of_ended(context)

    def still_there() -> set[str]:
        left.intersection_update(_of_ended(context))
        return left

    with suppress(WaitTimeout):  # `left` has those that are still there
        wait_until(
            still_there,
            done=lambda keys: not keys,
            deadline_s=PATIENCE_S,
            expected="the files of ended jobs to be deleted",
            where=str(context.target.store_url),
            next_step="read the workers' logs",
        )
    if left:
        raise CheckFailed(f"{len(left)} files of jobs that have ended, such as {min(left)}")
    return "none"


def _of_ended(context: CheckContext) -> set[str]:
    """Return the keys in the bucket whose jobs have ended."""
    with measured_objects(context.target) as (client, bucket):
        listed = islice(client.list_objects(bucket, recursive=True), LOOKED_AT)
        keys = [str(entry.object_name) for entry in listed]
    try:
        return {str(key) for (key,) in ask_postgres(context.target, ENDED, keys)} if keys else set()
    except (psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable) as error:
        if to_the_letter(context):
            raise
        raise Skipped(f"the database keeps files and jobs in another way: {error.diag.message_primary}") from None
