"""Wait for a condition: read and compare a value again and again, until a deadline of the monotonic clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

POLL_S = 0.1


class WaitTimeout(Exception):  # noqa: N818  (says what happened; not an OSError, which handlers would swallow)
    """The condition did not hold before the deadline; the text says what was seen last."""


def wait_until(  # noqa: PLR0913  (each keyword is one of the facts the error text has to name)
    read: Callable[[], T],
    *,
    deadline_s: float,
    expected: str,
    where: str,
    next_step: str,
    done: Callable[[T], bool] = bool,
    poll_s: float | Callable[[T], float] = POLL_S,
) -> T:
    """Call `read` until `done` accepts its value, and return that value.

    `deadline_s` and `poll_s` are seconds; `poll_s` may depend on what was seen. The last call happens at the
    deadline, never before it, so that a condition that came true during the last pause still counts; a deadline of 0
    means exactly one call, an infinite one means no timeout.
    Whatever `read` raises passes through. Raises WaitTimeout when the deadline passes first.
    """
    began = time.monotonic()
    while True:
        waited = time.monotonic() - began
        value = read()
        if done(value):
            return value
        if waited >= deadline_s:
            break
        left = began + deadline_s - time.monotonic()
        pause_s = poll_s(value) if callable(poll_s) else poll_s
        time.sleep(max(0.0, min(pause_s, left)))
    raise WaitTimeout(
        f"expected {expected}, saw {value!r} last, after {time.monotonic() - began:.1f} s "
        f"(limit {deadline_s:g} s) at {where}; next: {next_step}"
    )
