"""Say what is being done and how long it took; a set-up that is silent for a minute looks broken."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from drills.common.screen import shown

if TYPE_CHECKING:
    from collections.abc import Iterator


def say(text: str) -> None:
    """Write one line to standard error at once; standard output stays free for results."""
    print(shown(text), file=sys.stderr, flush=True)  # noqa: T201 - progress is this function's purpose


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce *text*, and its wall time in seconds when the block has ended well or badly."""
    began = time.monotonic()
    say(f"  … {text}")
    try:
        yield
    except BaseException:
        say(f"  ✗ {text} ({time.monotonic() - began:.1f} s)")
        raise
    say(f"  ✓ {text} ({time.monotonic() - began:.1f} s)")
