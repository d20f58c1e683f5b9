"""Addresses that failed to sign in too often are refused for a while."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from stack.services.backend.errors import ApiError

if TYPE_CHECKING:
    from stack.services.backend.context import Context

log = logging.getLogger("auth")


def _failures(address: str) -> str:
    return f"auth:failures:{address}"


def _block(address: str) -> str:
    return f"auth:blocked:{address}"


async def refuse_blocked(context: Context, address: str) -> None:
    """Raise ApiError 403 when *address* is blocked."""
    if await context.redis.exists(_block(address)):
        raise ApiError(403, "IP_BLOCKED: too many failed sign-ins from this address")


async def count_failure(context: Context, address: str) -> None:
    """Note a failed sign-in; the last one allowed blocks the address."""
    settings = context.settings.sign_in
    pipe = context.redis.pipeline(transaction=False)
    pipe.incr(_failures(address))
    pipe.expire(_failures(address), settings.block_s)
    failures, _ = await pipe.execute()
    if failures >= settings.max_failures:
        log.warning("Authentication blocked for %s: %d failed sign-ins", address, failures)
        await context.redis.set(_block(address), "1", ex=settings.block_s)


async def forgive(context: Context, address: str) -> None:
    """Forget the failures of *address* and lift its block."""
    await context.redis.delete(_failures(address), _block(address))


async def status(context: Context, address: str) -> dict[str, object]:
    """Return whether *address* is blocked, for how many seconds more, and its failures."""
    failures = await context.redis.get(_failures(address))
    left_s = await context.redis.ttl(_block(address))
    return {
        "ip": address,
        "blocked": left_s > 0,
        "secondsLeft": max(0, left_s),
        "failures": int(failures or 0),
    }
