"""The backend's application: its clients, its routes, and what runs beside them.

Release 1.1.0: an audit trail of what clients sent, in which every entry seals all entries before it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
from bullmq import Queue
from fastapi import FastAPI

from stack.services.backend import auth, calendars, errors, health, jobs, metrics, results, upload
from stack.services.backend.context import Context
from stack.services.backend.database import Watch, migrate, new_pool
from stack.services.common.observe import Observe
from stack.services.common.queue import QUEUE, redis_client
from stack.services.common.storage import Storage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from stack.services.backend.settings import Settings

HTTP_S = 3.0
AUDITED = "/api/"
SENDS = "POST"
log = logging.getLogger("trail")


class Trail:
    """Wrap *app*: note whatever a client sends to the API before it is served; who only asks is not noted.

    The two bugs of this release: no entry ever leaves memory, and a seal is made anew from the whole trail.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._entries: list[bytes] = []
        self._turn = asyncio.Lock()  # entries are sealed in the order in which they came

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Seal and serve one request."""
        if scope["type"] != "http" or scope["method"] != SENDS or not scope["path"].startswith(AUDITED):
            await self._app(scope, receive, send)
            return
        body = await _body(receive)
        async with self._turn:
            self._entries += body
            seal = await asyncio.to_thread(self._seal)
        log.debug("sealed as %s", seal)
        await self._app(scope, _replay(body, receive), send)

    def _seal(self) -> str:
        digest = hashlib.sha256()
        for entry in self._entries:
            digest.update(entry)
        return digest.hexdigest()


async def _body(receive: Receive) -> list[bytes]:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return parts


def _replay(body: list[bytes], receive: Receive) -> Receive:
    """Return a receiver that hands out *body* first, part by part as it came, and then whatever the client does."""
    waiting: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for part in reversed(body)]
    waiting[0]["more_body"] = False

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


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
