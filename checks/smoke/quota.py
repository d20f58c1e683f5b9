"""Jobs that wait: they count for the storage quota of an address, and have no result."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import psycopg

from checks import schedules
from checks.cleanup import kinds
from checks.smoke.access.clients import client_at, made_up_address, require_believed
from checks.smoke.refusals import refusal_of
from checks.smoke.upload import journey
from checks.smoke.upload_client import accepted, send
from checks.target import to_the_letter
from drills.checks import (
    CheckFailed,
    CheckSuite,
    Pace,
    Skipped,
    body,
    check,
    client,
    connect_postgres,
    expect,
    new_tag,
    said,
)
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.checks import CheckContext

OK: Final = 200
NOT_COMPLETED: Final = 400
FULL: Final = 413
QUOTA: Final = 100 * schedules.MIB
"""What the files of one address may take up until their jobs have ended."""
WAITING: Final = """
    INSERT INTO jobs (id, "pdfType", "s3Key", owner, "sizeBytes") VALUES (%s, 'test', %s, %s, %s)
"""


@check(
    "storage quota",
    suite=CheckSuite.SMOKE,
    needs=("front_url", "postgres_dsn"),
    expected="413 for an upload beyond the quota of its address, and 201 for one within",
    next_step="compare the backend's sum of waiting files with its setting of the quota",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(journey,),
    pace=Pace.ANY,
    writes=True,
    clauses=("UP-07",),
)
def quota(context: CheckContext) -> str:
    """Send a schedule from an address for which as much as the quota waits, and one from an address where less does.

    No file waits in truth: rows of jobs say so, which are in no queue, and are removed at once.
    """
    require_believed(context)
    answers = []
    for size in (QUOTA, QUOTA // 2):
        address, tag = made_up_address(context), new_tag()
        with waiting(context, address, size), client_at(context, address) as http:
            answers.append(send(context, http, f"{tag}.pdf", schedules.short_pdf(tag)))
    accepted(context, answers[1], "test")
    return said(expect(answers[0], FULL))


@check(
    "result of a waiting job",
    suite=CheckSuite.SMOKE,
    needs=("front_url", "postgres_dsn"),
    expected="a pending job, and 400 for its result",
    next_step="read the backend's log for that request",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(journey,),
    writes=True,
    clauses=("JO-01", "JO-05"),
)
def result_of_a_waiting_job(context: CheckContext) -> str:
    """Ask for a job that no worker will ever take, and for its result."""
    with waiting(context, made_up_address(context), 0) as job, client(context.target, context.target.front_url) as http:
        found = body(expect(http.get(f"/api/jobs/{job}"), OK))
        if (found.get("status"), found.get("completedAt")) != ("pending", None):
            raise CheckFailed(f"a job that waits is told as {found}")
        return refusal_of(context, expect(http.get(f"/api/jobs/{job}/result"), NOT_COMPLETED), job)


@contextmanager
def waiting(context: CheckContext, owner: str, size: int) -> Iterator[str]:
    """Have a job of *size* bytes wait for *owner* until the block ends; raises Skipped where no column counts them."""
    job = str(uuid4())
    with closing(connect_postgres(context.target)) as connection:
        context.artifacts.note(kinds.JOB, job)
        try:
            connection.execute(WAITING, (job, f"synthetic/{job}.pdf", owner, size))
        except psycopg.errors.UndefinedColumn as error:
            if to_the_letter(context):
                raise
            raise Skipped(f"this system counts waiting files in another way: {error.diag.message_primary}") from None
        try:
            yield job
        finally:
            connection.execute("DELETE FROM jobs WHERE id = %s", (job,))
