"""The client's address, and the rate limits, which all replicas share through Redis."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request, Response
from redis.exceptions import RedisError

from stack.services.backend.addresses import client_address
from stack.services.backend.context import Ctx
from stack.services.backend.errors import ApiError

if TYPE_CHECKING:
    from stack.services.backend.settings import Settings

WINDOW_S = 60
log = logging.getLogger("limits")


def address_of(request: Request, settings: Settings) -> str:
    """Return the client address of *request*."""
    peer = request.client.host if request.client else "0.0.0.0"  # noqa: S104 — a name for "unknown", nothing binds it
    return client_address(peer, ",".join(request.headers.getlist("x-forwarded-for")), settings.trusts)


@dataclass(frozen=True)
class Limit:
    """A dependency of routes: so many requests a minute for one address and route."""

    uploads: bool = False

    async def __call__(self, request: Request, response: Response, context: Ctx) -> None:
        """Count the request; raises ApiError 429 past the limit. Without Redis no request is refused."""
        limits = context.settings.limits
        allowed = limits.uploads_per_minute if self.uploads else limits.per_minute
        now_s = time.time()
        window = int(now_s // WINDOW_S)
        reset_s = (window + 1) * WINDOW_S
        route = f"{request.method}:{request.scope['route'].path}"
        key = f"rate:{route}:{address_of(request, context.settings)}:{window}"
        try:
            pipe = context.redis.pipeline(transaction=False)
            pipe.incr(key)
            pipe.expire(key, WINDOW_S)
            used, _ = await pipe.execute()
        except RedisError as error:
            log.warning("rate limit not counted: %s", error)
            return
        headers = {
            "X-RateLimit-Limit": str(allowed),
            "X-RateLimit-Remaining": str(max(0, allowed - used)),
            "X-RateLimit-Reset": str(reset_s),
        }
        request.state.rate_limit = headers  # an error's answer carries them too
        if used > allowed:
            headers["Retry-After"] = str(max(1, round(reset_s - now_s)))
            raise ApiError(429, f"rate limit: at most {allowed} requests a minute", headers)
        response.headers.update(headers)


PER_MINUTE = Limit()
UPLOADS = Limit(uploads=True)
