"""Show control characters as text, so that no output of a command moves a cursor, or hides or colours a word."""

from __future__ import annotations

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def visible(text: str) -> str:
    r"""Return *text* with each control character but tab and line end as its escape, ESC as ``\x1b``."""
    return _CONTROL.sub(lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    if unicodedata.category(character) == "Cf" or code > 0xFF:  # noqa: PLR2004 - beyond Latin-1
        return f"\\u{code:04x}"
    return f"\\x{code:02x}"
