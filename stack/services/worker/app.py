"""The worker's application: its health, its metrics, and parsing on request."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stack.services.common.observe import Observe
from stack.services.common.storage import Storage
from stack.services.worker.consumer import Consumer
from stack.services.worker.isolation import Parser, parser
from stack.services.worker.rows import Rows
from stack.services.worker.tables import ScheduleError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from stack.services.worker.settings import Settings


def _refused(error: str, details: str) -> JSONResponse:
    return JSONResponse({"detail": {"error": error, "details": details}}, status_code=400)


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "healthy"})


async def _metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _parse(request: Request) -> Response:
    async with request.form() as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            return _refused("no file", "send a PDF as multipart field 'file'")
        content = await file.read()
    used: Parser = request.app.state.parser
    try:
        schedule = await used.parse(content)
    except ScheduleError as error:
        return _refused("not a schedule", str(error))
    return JSONResponse({"events": schedule.events, "type": schedule.kind})


ROUTES = (
    Route("/health", _health),
    Route("/metrics", _metrics),
    Route("/parse", _parse, methods=["POST"]),
)


def application(settings: Settings) -> ASGIApp:
    """Return the application; the consumer of the queue runs beside it for as long as it does."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.parser = parser(settings.parsing)
        rows = Rows(settings.stores.database, settings.parsing.concurrency)
        await rows.open()
        consumer = Consumer(settings, rows, Storage(settings.stores.object_store), app.state.parser)
        consuming = asyncio.create_task(consumer.run())
        yield
        # A job under way is not waited for: its lock runs out and another worker takes it.
        consuming.cancel()
        app.state.parser.close()
        await rows.close()

    return Observe(Starlette(routes=ROUTES, lifespan=lifespan))
