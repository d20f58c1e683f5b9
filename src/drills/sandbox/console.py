"""The programs that a responder has at the sandbox's terminal."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PROGRAMS = Path(__file__).parent / "console_programs.txt"
"""One name a line, as the shell in the sandbox's image lists them; a test compares it with the image."""


@cache
def programs() -> frozenset[str]:
    """Return the names of all programs in the sandbox's image."""
    return frozenset(PROGRAMS.read_text(encoding="utf-8").split())
