"""Schedules with empty pages behind them, or with a scan and a map of the campus; a helper, and no fault itself."""

from __future__ import annotations

import random
from functools import lru_cache

from checks import schedules
from checks.schedules.drawing import schedule
from load.expected_end import LECTURES

MIB = 1024 * 1024
MODULE = "EXTRA"
DESERVES = LECTURES
"""What is added to a schedule has no events."""


@lru_cache
def booklet(pages: int) -> bytes:
    """Return a lecture schedule with *pages* empty pages behind it: quickly read, and each of them is read."""
    pdf = schedule(schedules.LECTURES, MODULE)
    for _ in range(pages):
        pdf.add_page()
    return bytes(pdf.output())


@lru_cache
def scanned(mib: int, strokes: int) -> bytes:
    """Return a lecture schedule with a scan of *mib* MiB attached, and a map of so many *strokes*: that is the work."""
    pdf = schedule(schedules.LECTURES, MODULE)
    pdf.embed_file(bytes=random.Random(mib).randbytes(mib * MIB), basename="scan.tif")  # noqa: S311  (noise)
    pdf.add_page()
    for number in range(strokes):
        x, y = 100 + number % 200, 50 + number % 150
        pdf.line(x, y, x + 1, y + 2)
    return bytes(pdf.output())
