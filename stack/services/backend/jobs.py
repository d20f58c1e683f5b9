"""Jobs: their rows in PostgreSQL and the state of their queue in Redis."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from stack.services.backend.context import Context, Ctx
from stack.services.backend.errors import ApiError
from stack.services.backend.limits import PER_MINUTE
from stack.services.common.queue import key

if TYPE_CHECKING:
    from datetime import datetime

WAIT_MAX_S = 30
LOOK_EVERY_S = 0.25
PATIENCE = 0.1
"""Share of its wait so far after which a request reads the job again: many long waits then cause few queries."""
_SELECT = 'SELECT status, "pdfType", "createdAt", "completedAt", error FROM jobs WHERE id = %s'
_ENDED = ("completed", "failed")
Wait = Annotated[float, Query(ge=0, le=WAIT_MAX_S)]
router = APIRouter(prefix="/api/jobs")


async def queue_counts(context: Context) -> dict[str, int]:
    """Return the queue's counts. A job added with a priority waits in `prioritized`, not in `wait`: both count."""
    pipe = context.redis.pipeline(transaction=False)
    pipe.llen(key("wait"))
    pipe.zcard(key("prioritized"))
    pipe.llen(key("active"))
    for name in ("completed", "failed", "delayed"):
        pipe.zcard(key(name))
    wait, prioritized, active, completed, failed, delayed = await pipe.execute()
    waiting = wait + prioritized
    return {
        "waiting": waiting,
        "active": active,
        "completed": completed,
        "failed": failed,
        "delayed": delayed,
        "total": waiting + active + delayed,
    }


@router.get("/metrics")
async def metrics(context: Ctx) -> dict[str, int]:
    """Answer with the queue's counts; never limited, like the other metrics."""
    return await queue_counts(context)


def job_id_of(text: str) -> UUID:
    """Return the job's id; raises ApiError 400 when *text* is not a uuid."""
    try:
        return UUID(text)
    except ValueError as error:
        raise ApiError(400, f"a job's id is a uuid, not {text!r}") from error


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@router.get("/{id}", dependencies=[Depends(PER_MINUTE)])
async def job(id: str, context: Ctx, wait: Wait = 0) -> dict[str, Any]:  # noqa: A002 — the route's template says :id
    """Answer with one job's state: now, or with *wait* when it has ended, at the latest after that many seconds."""
    job_id = job_id_of(id)
    began_s = time.monotonic()
    row = await _row(context, job_id)
    while row["status"] not in _ENDED and (left_s := began_s + wait - time.monotonic()) > 0:
        await asyncio.sleep(min(left_s, max(LOOK_EVERY_S, PATIENCE * (time.monotonic() - began_s))))
        row = await _row(context, job_id)
    return {
        "id": str(job_id),
        "status": row["status"],
        "pdfType": row["pdfType"],
        "createdAt": _iso(row["createdAt"]),
        "completedAt": _iso(row["completedAt"]),
        "error": row["error"],
    }


async def _row(context: Context, job_id: UUID) -> dict[str, Any]:
    """Return the job's row; raises ApiError 404 without one."""
    async with context.pool.connection() as connection:
        cursor = await connection.execute(_SELECT, (job_id,))
        row: dict[str, Any] | None = await cursor.fetchone()
    if row is None:
        raise ApiError(404, f"no job {job_id}")
    return row
