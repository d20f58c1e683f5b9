"""The queue's keys in Redis; a helper, and no fault itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.drill.system import System


def key(system: System, part: str) -> str:
    """Return the Redis key of a *part* of the queue: a list of jobs such as wait, or one job's id."""
    return f"bull:{system.stack.descriptor.queue}:{part}"


def text(value: object) -> str:
    """Return a value of Redis as text; None is empty."""
    return value.decode() if isinstance(value, bytes) else str(value or "")
