"""The events found in a schedule, with a copy of each answer in Redis."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from redis.exceptions import RedisError

from stack.services.backend.context import Context, Ctx
from stack.services.backend.errors import ApiError
from stack.services.backend.jobs import job_id_of
from stack.services.backend.limits import PER_MINUTE

if TYPE_CHECKING:
    from uuid import UUID

CACHED_S = 300
_SELECT = "SELECT status, result FROM jobs WHERE id = %s"
router = APIRouter(prefix="/api/jobs")
log = logging.getLogger("results")


@router.get("/{id}/result", dependencies=[Depends(PER_MINUTE)])
async def result(id: str, context: Ctx) -> dict[str, Any]:  # noqa: A002 — the route's template says :id
    """Answer with the events of a completed job."""
    job_id = job_id_of(id)
    events = await _cached(context, job_id)
    if events is None:
        events = await _stored(context, job_id)
        await _cache(context, job_id, events)
    return {"id": str(job_id), "events": events}


async def _stored(context: Context, job_id: UUID) -> list[Any]:
    async with context.pool.connection() as connection:
        cursor = await connection.execute(_SELECT, (job_id,))
        row = await cursor.fetchone()
    if row is None:
        raise ApiError(404, f"no job {job_id}")
    if row["status"] != "completed":
        raise ApiError(400, f"job {job_id} is {row['status']}, not completed")
    return list(row["result"]["events"])


async def _cached(context: Context, job_id: UUID) -> list[Any] | None:
    """Return the cached events; a cache that cannot answer is a miss, not a failure."""
    try:
        text = await context.redis.get(f"cache:result:{job_id}")
    except RedisError as error:
        log.warning("cache not read: %s", error)
        return None
    return json.loads(text) if text else None


async def _cache(context: Context, job_id: UUID, events: list[Any]) -> None:
    try:
        await context.redis.set(f"cache:result:{job_id}", json.dumps(events), ex=CACHED_S)
    except RedisError as error:
        log.warning("cache not written: %s", error)
