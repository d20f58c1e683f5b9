"""Health of the backend and of what it depends on. Each dependency has a short time of its own to answer."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from stack.services.backend.context import Context, Ctx
from stack.services.common.patience import within

if TYPE_CHECKING:
    from collections.abc import Coroutine

DEPENDENCY_S = 2.0
Facts = dict[str, Any]
router = APIRouter()
log = logging.getLogger("health")


async def _database(context: Context) -> Facts:
    async with context.pool.connection(timeout=DEPENDENCY_S) as connection:
        await connection.execute("SELECT 1")
    stats = context.pool.get_stats()
    total, idle = stats["pool_size"], stats["pool_available"]
    return {"totalConnections": total, "activeConnections": total - idle, "idleConnections": idle}


async def _redis(context: Context) -> Facts:
    await context.redis.ping()
    return {}


async def _minio(context: Context) -> Facts:
    endpoint = context.settings.stores.object_store.endpoint
    answer = await context.http.get(f"http://{endpoint}/minio/health/live")
    answer.raise_for_status()
    return {}


async def _examine(name: str, question: Coroutine[object, object, Facts]) -> Facts:
    try:
        facts = await within(DEPENDENCY_S, question)
    except Exception as error:  # noqa: BLE001 — whatever is wrong with a dependency, it is down
        reason = f"{type(error).__name__}: {error}".strip(": ")
        log.error("health: %s is down: %s", name, reason)  # noqa: TRY400 — one line a poll, not a traceback
        return {"status": "down", "message": reason}
    return {"status": "up", **facts}


def _answer(details: dict[str, Facts]) -> JSONResponse:
    info = {name: facts for name, facts in details.items() if facts["status"] == "up"}
    error = {name: facts for name, facts in details.items() if facts["status"] != "up"}
    body = {"status": "error" if error else "ok", "info": info, "error": error, "details": details}
    return JSONResponse(body, status_code=503 if error else 200)


@router.get("/health")
async def health(context: Ctx) -> JSONResponse:
    """Answer 200 when database, Redis and object store all answer, otherwise 503 naming those that do not."""
    questions = {"database": _database(context), "redis": _redis(context), "minio": _minio(context)}
    answers = await asyncio.gather(*(_examine(name, question) for name, question in questions.items()))
    return _answer(dict(zip(questions, answers, strict=True)))


@router.get("/health/db")
async def health_database(context: Ctx) -> JSONResponse:
    """Answer for the database alone."""
    return _answer({"database": await _examine("database", _database(context))})
