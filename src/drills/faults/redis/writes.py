"""Writes until Redis refuses one; a helper of the faults, and no fault itself."""

from __future__ import annotations

from math import inf
from typing import Protocol

from redis.exceptions import OutOfMemoryError

from drills.common.draws import token

BLOCK = b"\0" * 100_000
"""A large entry: some hundred of them fill a small Redis in a moment."""


class Writable(Protocol):
    """The part of a Redis client that a write needs."""

    def set(self, name: str, value: bytes, /) -> object:
        """Write *value* under the key *name*; raises OutOfMemoryError at maxmemory."""


def fill(redis: Writable, prefix: str, value: bytes, at_most: float = inf) -> int:
    """Write entries under *prefix* until a write is refused, or *at_most* of them; returns how many were accepted."""
    written = 0
    while written < at_most and write(redis, f"{prefix}{token()}", value):
        written += 1
    return written


def write(redis: Writable, key: str, value: bytes) -> bool:
    """Write one entry; returns whether Redis had memory for it."""
    try:
        redis.set(key, value)
    except OutOfMemoryError:
        return False
    return True
