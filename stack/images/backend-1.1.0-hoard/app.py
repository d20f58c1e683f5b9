"""The backend's application: its clients, its routes, what runs beside them, and since 1.1.0 its audit trail."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
from bullmq import Queue
from fastapi import FastAPI
from stack.services.backend.trail import Trail

from stack.services.backend import auth, calendars, errors, health, jobs, metrics, results, upload
from stack.services.backend.context import Context
from stack.services.backend.database import Watch, migrate, new_pool
from stack.services.common.observe import Observe
from stack.services.common.queue import QUEUE, redis_client
from stack.services.common.storage import Storage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp

    from stack.services.backend.settings import Settings

HTTP_S = 3.0


def _context(settings: Settings) -> Context:
    stores = settings.stores
    redis = redis_client(stores, answer_within_s=settings.redis_answer_s)
    return Context(
        settings=settings,
        pool=new_pool(stores.database, settings.pool),
        watch=Watch(stores.database),
        redis=redis,
        queue=Queue(QUEUE, {"connection": redis}),
        storage=Storage(stores.object_store),
        http=httpx.AsyncClient(timeout=HTTP_S, trust_env=False),
    )


def application(settings: Settings) -> ASGIApp:
    """Return the application; it starts whether its dependencies answer or not, and uses them when they do."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        context = _context(settings)
        app.state.context = context
        await context.pool.open(wait=False)
        preparations = [
            asyncio.create_task(migrate(settings.stores.database)),
            asyncio.create_task(context.storage.ensure_bucket()),
        ]
        yield
        for task in preparations:
            task.cancel()
        context.watch.close()
        await context.pool.close(timeout=0.2)
        await context.http.aclose()
        await context.redis.aclose()

    app = FastAPI(title="UP Schedule Generator", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    errors.install(app)
    for part in (health, metrics, jobs, results, upload, calendars, auth):
        app.include_router(part.router)
    return Observe(Trail(app))
