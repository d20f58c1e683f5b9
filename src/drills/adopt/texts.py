"""Texts of others as literals and comments of what is written: TOML and Python read a JSON text alike."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from drills.common.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDE = 116


def literal(text: str) -> str:
    """Return *text* as a literal of TOML and of Python."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def block(text: str) -> str:
    """Return *text* as a literal of TOML in which quotes stay readable, over several lines where it is long."""
    if "'" in text or not text.isprintable():
        return literal(text) if "\n" not in text or "'''" in text else f"'''\n{text}\n'''"
    return f"'{text}'" if len(text) < WIDE - 20 else f"'''\n{text}\n'''"


def listed(texts: Iterable[str]) -> str:
    """Return *texts* as an array of TOML, on one line where it fits."""
    items = [literal(text) for text in texts]
    line = f"[{', '.join(items)}]"
    return line if len(line) < WIDE - 20 else "[\n" + "".join(f"  {item},\n" for item in items) + "]"


def one_line(text: str) -> str:
    """Return *text* as it may stand in a comment, a docstring or a cell of a table."""
    plain = " ".join(visible(text).split()).replace("\\", "/").replace('"""', "'''")
    return plain.rstrip('"')


def cell(text: str) -> str:
    """Return *text* as a cell of a table in Markdown."""
    return one_line(text).replace("|", "\\|")


def slug(text: str) -> str:
    """Return *text* as a part of a Python name."""
    return re.sub(r"\W+", "_", text.lower(), flags=re.ASCII).strip("_") or "cause"
