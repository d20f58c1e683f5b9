"""Errors as the contract words them: one JSON shape, whatever failed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import psycopg
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

from stack.services.common.observe import error_body
from stack.services.common.storage import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request

log = logging.getLogger("backend")


class ApiError(Exception):
    """A refusal with its HTTP status and a sentence for the client."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


def answer(request: Request, status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the error response for *request*."""
    body = error_body(status, message, request.url.path, request.state.request_id)
    limits: Mapping[str, str] = getattr(request.state, "rate_limit", {})
    return JSONResponse(body, status_code=status, headers={**limits, **(headers or {})})


async def _refused(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, ApiError):
        return answer(request, error.status, error.message, error.headers)
    if isinstance(error, HTTPException):
        return answer(request, error.status_code, str(error.detail), error.headers)
    return answer(request, 400, f"the request is not what this endpoint takes: {error}")


async def _exhausted(request: Request, error: Exception) -> JSONResponse:
    log.error("Connection pool exhausted: %s %s: %s", request.method, request.url.path, error)
    return answer(request, 500, "Connection pool exhausted: no database connection became free in time")


async def _dependency(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
    name = {"psycopg": "database", "redis": "redis"}.get(type(error).__module__.split(".")[0], "object store")
    return answer(request, 503, f"{name} unavailable, try again later")


def install(app: FastAPI) -> None:
    """Teach *app* how each kind of failure is answered."""
    for kind in (ApiError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(PoolTimeout, _exhausted)
    for kind in (psycopg.Error, RedisError, StorageError):
        app.add_exception_handler(kind, _dependency)
