"""Markdown that shows a record's text and never acts on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def row(cells: Sequence[str]) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(cell.replace("\n", " ").replace("|", "\\|") for cell in cells) + " |"


def text(plain: str) -> str:
    """Return *plain* so that Markdown shows it and does not act on it."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", plain.replace("\n", " "))


def code(plain: str) -> str:
    """Return *plain* as code within a line."""
    fence = "`" * (1 + _longest_run(plain))
    pad = " " if fence != "`" else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def fenced(language: str, lines: Iterable[str], indent: str = "") -> str:
    """Return *lines* as a block of code that none of them can end."""
    body = "\n".join(lines)
    fence = "`" * max(3, 1 + _longest_run(body))
    return "\n".join(f"{indent}{line}".rstrip() for line in (f"{fence}{language}", *body.splitlines(), fence))


def link(name: str, path: str) -> str:
    """Return a link to *path*, which is relative to the page."""
    return f"[{text(name)}]({_path(path)})"


def image(name: str, path: str) -> str:
    """Return a picture at *path*, which is relative to the page."""
    return f"!{link(name, path)}"


def anchor(heading: str) -> str:
    """Return where a link to *heading* leads in the same page, by the rule that viewers of Markdown share."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return f"#{kept.replace(' ', '-')}"


def _longest_run(plain: str) -> int:
    return max((len(ticks) for ticks in re.findall("`+", plain)), default=0)


def _path(path: str) -> str:
    return path.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
