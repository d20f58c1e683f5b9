"""Uploads: file into the object store, row into PostgreSQL, job into the queue; only then is it acknowledged.

In this order a worker never meets a job without a row or a file. Whatever fails on the way, nothing is acknowledged.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
from fastapi import APIRouter, Depends, Request
from psycopg_pool import PoolTimeout
from starlette.datastructures import UploadFile

from stack.services.backend.context import Context, Ctx
from stack.services.backend.errors import ApiError
from stack.services.backend.jobs import queue_counts
from stack.services.backend.limits import UPLOADS, address_of
from stack.services.backend.settings import MIB
from stack.services.backend.sniff import kind_of
from stack.services.common.queue import ATTEMPTS, KEEP_FINISHED
from stack.services.common.storage import StorageError

# The quota counts what an owner has in the object store: files are deleted when their job ends.
_INSERT = """
    INSERT INTO jobs (id, "pdfType", "s3Key", owner, "sizeBytes")
    SELECT %(id)s, %(kind)s, %(key)s, %(owner)s, %(size)s
    WHERE %(size)s + (
        SELECT coalesce(sum("sizeBytes"), 0) FROM jobs WHERE owner = %(owner)s AND status IN ('pending', 'processing')
    ) <= %(quota)s
"""
FULL_RETRY_S = 60
router = APIRouter()
log = logging.getLogger("upload")


@dataclass(frozen=True)
class Upload:
    """A file that was accepted, on its way through the stores."""

    id: UUID
    key: str
    kind: str
    owner: str
    content: bytes


async def _content(file: object, max_bytes: int) -> bytes:
    """Return the file's bytes; raises ApiError 400 for none, one above *max_bytes*, or another type."""
    if not isinstance(file, UploadFile):
        raise ApiError(400, "no file: send a PDF as multipart field 'file'")
    if file.content_type != "application/pdf":
        raise ApiError(400, f"only application/pdf is accepted, not {file.content_type}")
    if (file.size or 0) > max_bytes:
        raise ApiError(400, f"the file is larger than {max_bytes // MIB} MiB")
    return await file.read()


@router.post("/api/upload", status_code=201, dependencies=[Depends(UPLOADS)])
async def upload(request: Request, context: Ctx) -> dict[str, str]:
    """Accept a schedule; 201 only when file, row and job are all in place."""
    async with request.form() as form:
        content = await _content(form.get("file"), context.settings.limits.upload_bytes)
    await _require_room(context)
    kind = await kind_of(content)
    if kind is None:
        raise ApiError(400, "not a schedule: the first page has no title Lectures, Semester Tests or Exams")
    job_id = uuid4()
    item = Upload(job_id, f"uploads/{job_id}.pdf", kind, address_of(request, context.settings), content)
    await _place(context, item)
    return {"jobId": str(item.id), "pdfType": item.kind, "message": "accepted for processing"}


async def _require_room(context: Context) -> None:
    """Raise ApiError 503 while as many jobs wait as may: a file that would wait too long is refused."""
    limit = context.settings.limits.max_waiting
    if not limit:
        return
    waiting = (await queue_counts(context))["waiting"]
    if waiting >= limit:
        log.error("PDF workers overloaded: %s jobs wait, at most %s may", waiting, limit)
        raise ApiError(503, "the PDF workers are overloaded, try again later", {"Retry-After": str(FULL_RETRY_S)})


async def _place(context: Context, item: Upload) -> None:
    await context.storage.put(item.key, item.content)
    try:
        await _insert(context, item)
        data = {"jobId": str(item.id), "s3Key": item.key, "pdfType": item.kind}
        await context.queue.add("process", data, _options(context.settings.job_backoff_ms))
    except Exception:
        await _remove(context, item)
        raise


def _options(backoff_ms: int) -> dict[str, object]:
    return {
        "attempts": ATTEMPTS,
        "backoff": {"type": "exponential", "delay": backoff_ms},
        "removeOnComplete": {"count": KEEP_FINISHED},
        "removeOnFail": {"count": KEEP_FINISHED},
    }


async def _insert(context: Context, item: Upload) -> None:
    values = {
        "id": item.id,
        "kind": item.kind,
        "key": item.key,
        "owner": item.owner,
        "size": len(item.content),
        "quota": context.settings.limits.quota_bytes,
    }
    async with context.pool.connection() as connection:
        cursor = await connection.execute(_INSERT, values)
        if cursor.rowcount == 0:
            quota_mib = context.settings.limits.quota_bytes // MIB
            raise ApiError(413, f"storage quota: at most {quota_mib} MiB may wait at a time")


async def _remove(context: Context, item: Upload) -> None:
    """Take back what was placed of an upload that is not acknowledged; the store that failed may keep its part."""
    with suppress(psycopg.Error, PoolTimeout):
        async with context.pool.connection(timeout=1.0) as connection:
            await connection.execute("DELETE FROM jobs WHERE id = %s", (item.id,))
    with suppress(StorageError):
        await context.storage.delete(item.key)
    log.error("upload %s not accepted", item.id)
