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
    deadline = Deadline(deadline_s)
    while not done(value := read()):
        if deadline.passed:
            raise deadline.error(expected, value, where, next_step)
        time.sleep(deadline.pause_s(poll_s(value) if callable(poll_s) else poll_s))
    return value


class Deadline:
    """The time left of a wait: `passed` once the last look may have begun."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began = time.monotonic()
        self.passed = seconds <= 0

    def pause_s(self, wanted_s: float) -> float:
        """Return how long to pause before the next look, which is the last one when the deadline comes first."""
        left_s = self._began + self._seconds - time.monotonic()
        self.passed = left_s <= wanted_s
        return max(0.0, min(wanted_s, left_s))

    def error(self, expected: str, seen: object, where: str, next_step: str) -> WaitTimeout:
        """Return the error that says what was expected, what was seen, for how long, where, and what to do next."""
        return WaitTimeout(
            f"expected {expected}, saw {seen!r} last, after {time.monotonic() - self._began:.1f} s "
            f"(limit {self._seconds:g} s) at {where}; next: {next_step}"
        )
