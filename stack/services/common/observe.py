"""HTTP metrics, request ids and the last line of defence, as one ASGI wrapper around a whole application.

It stands outside of the framework's own middleware, so that every response counts: errors, 404, 429 and 503 too.
"""

from __future__ import annotations

import json
import logging
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from prometheus_client import Histogram
from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The target of the response time, 2 s, is an edge: between two edges a quantile is only estimated.
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10, 15, 20, 30, 60)
DURATION = Histogram(
    "http_request_duration_seconds",
    "Time from the request's first byte to the last byte of its response.",
    ("method", "route", "status", "synthetic"),
    buckets=BUCKETS_S,
)
UNMATCHED = "unmatched"
SYNTHETIC = "X-Synthetic-Traffic"
"""The header of requests by checks and load; an alert on what users meet can leave these requests out."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
log = logging.getLogger("http")


def route_of(scope: Scope) -> str:
    """Return the route's template (`/api/jobs/:id`), never the raw path: ids would make a time series each."""
    path = getattr(scope.get("route"), "path", None) or _path_of_endpoint(scope)
    return re.sub(r"{(\w+)(:\w+)?}", r":\1", path) if path else UNMATCHED


def _path_of_endpoint(scope: Scope) -> str | None:
    """Return the path under which Starlette knows the endpoint; only FastAPI notes the route itself."""
    routes = getattr(scope.get("app"), "routes", ())
    endpoint = scope.get("endpoint")
    return next((route.path for route in routes if endpoint and getattr(route, "endpoint", None) is endpoint), None)


def error_body(status: int, message: str, path: str, request_id: str) -> dict[str, Any]:
    """Return the body that every error of the system has."""
    return {
        "statusCode": status,
        "message": message,
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "path": path,
        "requestId": request_id,
    }


def request_id_of(scope: Scope) -> str:
    """Return the client's own X-Request-ID when it is harmless to log, otherwise a new one."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else str(uuid4())


class Observe:
    """Wrap *app*: give each request an id, time it, count it, and turn an escaped exception into a 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (or pass on what is none)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(request_id_of(scope), send)
        scope.setdefault("state", {})["request_id"] = exchange.request_id
        started_s = time.perf_counter()
        try:
            await self._app(scope, receive, exchange.send)
        except Exception:
            log.exception("%s %s failed, request %s", scope["method"], scope["path"], exchange.request_id)
            await exchange.fail(scope["path"])
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            elapsed_s = time.perf_counter() - started_s
            synthetic = "true" if SYNTHETIC in Headers(scope=scope) else ""  # an empty label is none
            DURATION.labels(method, route_of(scope), str(exchange.status), synthetic).observe(elapsed_s)


class _Exchange:
    """One request's response: its status, its X-Request-ID, and whether it has begun."""

    def __init__(self, request_id: str, send: Send) -> None:
        self.request_id = request_id
        self.status = 500
        self._send = send
        self._begun = False

    async def send(self, message: Message) -> None:
        """Pass *message* on, noting the status and adding the request's id."""
        if message["type"] == "http.response.start":
            self._begun = True
            self.status = message["status"]
            MutableHeaders(scope=message)["X-Request-ID"] = self.request_id
        await self._send(message)

    async def fail(self, path: str) -> None:
        """Answer 500 when nothing was answered yet; a response half sent can only be cut."""
        if self._begun:
            return
        body = json.dumps(error_body(500, "Internal server error", path, self.request_id)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self.send({"type": "http.response.start", "status": 500, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})
