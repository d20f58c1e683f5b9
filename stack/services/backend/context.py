"""What every request handler may use: the stores' clients and the settings, made once a process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

if TYPE_CHECKING:
    from bullmq import Queue
    from httpx import AsyncClient
    from psycopg_pool import AsyncConnectionPool
    from redis.asyncio import Redis

    from stack.services.backend.database import Watch
    from stack.services.backend.settings import Settings
    from stack.services.common.storage import Storage


@dataclass(frozen=True)
class Context:
    """The backend's clients. `redis` answers within seconds or raises; `pool` waits as long as its setting says."""

    settings: Settings
    pool: AsyncConnectionPool[Any]
    watch: Watch
    redis: Redis
    queue: Queue
    storage: Storage
    http: AsyncClient


def _context(request: Request) -> Context:
    context = request.app.state.context
    if not isinstance(context, Context):
        raise TypeError(f"the application has no context but {context!r}")
    return context


Ctx = Annotated[Context, Depends(_context)]
