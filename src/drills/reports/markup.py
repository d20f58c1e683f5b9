"""Markdown that shows a record's text and never acts on it: what the templates escape with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.common.markdown_text import escaped
from drills.common.visible import visible
from drills.common.wording import heading_anchor

if TYPE_CHECKING:
    from collections.abc import Sequence


class Markdown(str):
    """Text that is Markdown already, so that a template shows it as it is."""

    __slots__ = ()


def escape(value: object) -> str:
    """Return *value* so that Markdown shows it and does not act on it, unless it is Markdown already."""
    return value if isinstance(value, Markdown) else text(str(value))


def text(plain: str) -> Markdown:
    """Return *plain* so that Markdown shows it and does not act on it."""
    return Markdown(escaped(plain))


def table_row(cells: Sequence[str]) -> str:
    """Return a row of a table as its source stands in a document."""
    return "| " + " | ".join(visible(cell.replace("\n", " ")).replace("|", "\\|") for cell in cells) + " |"


def code(plain: str) -> Markdown:
    """Return *plain* as code within a line."""
    fence = "`" * (1 + _longest_run(plain))
    pad = " " if fence != "`" else ""
    return Markdown(f"{fence}{pad}{visible(plain)}{pad}{fence}")


def fenced(body: str, language: str, indent: str = "") -> Markdown:
    """Return *body* as a block of code that none of its lines can end."""
    fence = "`" * max(3, 1 + _longest_run(body))
    lines = (f"{fence}{language}", *visible(body).splitlines(), fence)
    return Markdown("\n".join(f"{indent}{line}".rstrip() for line in lines))


def link(name: str, path: str) -> Markdown:
    """Return a link to *path*, which is relative to the page."""
    return Markdown(f"[{text(name)}]({_path(path)})")


def image(name: str, path: str) -> Markdown:
    """Return a picture at *path*, which is relative to the page."""
    return Markdown(f"!{link(name, path)}")


def anchor(heading: str) -> str:
    """Return where a link to *heading* leads in the same page, by the rule that viewers of Markdown share."""
    return f"#{heading_anchor(heading)}"


def sentence(plain: str, aside: str = "") -> str:
    """Return *plain* with a capital, *aside* in parentheses if there is one, and one full stop."""
    start = plain[:1].upper() + plain[1:].rstrip(".")
    return f"{start} ({aside})." if aside else f"{start}."


def _longest_run(plain: str) -> int:
    return max((len(ticks) for ticks in re.findall("`+", plain)), default=0)


def _path(path: str) -> str:
    return path.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("|", "%7C")
