"""Show a person what is going on: the drill, its phase, the metric now, its limit, the time left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.common.threshold import Threshold

EVERY_S = 5.0


class Console:
    """Prints a line at each change of phase and every few seconds between, through *write*."""

    def __init__(self, title: str, target: Threshold, threshold: Threshold, write: Callable[[str], None]) -> None:
        self._title = title
        self._limits = f"alert {threshold.text}, target {target.text}"
        self._write = write
        self._phase = "…"
        self._until = time.monotonic()
        self._said = 0.0

    def phase(self, name: str, left_s: float) -> None:
        """Begin phase *name*, which takes at most *left_s* seconds."""
        self._phase, self._until, self._said = name, time.monotonic() + left_s, 0.0

    def metric(self, value: float | None, state: str) -> None:
        """Show the metric and the alert's state when it is time to; base units are shown as they are."""
        now = time.monotonic()
        if now - self._said < EVERY_S:
            return
        self._said = now
        shown = "no data" if value is None else f"{value:.4g}"
        left = max(0.0, self._until - now)
        self._write(
            f"{self._title} │ {self._phase:<8} │ {shown} ({self._limits}) │ {state} │ {left:.0f} s left at most"
        )

    def say(self, text: str) -> None:
        """Write one line of this drill."""
        self._write(f"{self._title} │ {text}")
