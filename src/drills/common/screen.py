"""What the person's terminal can show: its width, and whether it has more signs than ASCII."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")
"""The variables that name a character set, the first one that is set decides."""
COERCED = "C.UTF-8"
"""What Python itself puts into LC_CTYPE when it is started in the locale C: it says nothing of the terminal."""
NARROWEST = 20
PLAIN = str.maketrans(
    {"│": "|", "─": "-", "…": "...", "–": "-", "—": "-", "↳": ">", "→": "->", "≥": ">=", "≤": "<=", "✓": "ok", "✗": "x"}  # noqa: RUF001 - the signs that are replaced
)


def has_unicode(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the locale is one of UTF-8; where none is set, only ASCII is sure to be readable."""
    named = [environment.get(name, "") for name in LOCALE]
    if named[1] == COERCED and named[2] in ("", "C", "POSIX"):
        named[1] = ""
    charset = next(filter(None, named), "")
    return charset.upper().replace("-", "").endswith("UTF8")


def ascii_only(text: str) -> str:
    """Return *text* in ASCII: signs that draw a line as those that look like them, all others as `?`."""
    return text.translate(PLAIN).encode("ascii", errors="replace").decode("ascii")


def shown(text: str) -> str:
    """Return *text* as this terminal can show it."""
    return text if has_unicode() else ascii_only(text)


def columns(environment: Mapping[str, str] = os.environ) -> int | None:
    """Return the terminal's width in characters, by COLUMNS or as it says itself; None where there is no terminal."""
    given = environment.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return max(NARROWEST, int(given))
    try:
        return max(NARROWEST, os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ else 2).columns)
    except (OSError, ValueError):
        return None
