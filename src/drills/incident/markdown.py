"""A document as Markdown, in which nothing that was written down acts as markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from drills.common.markdown_text import escaped
from drills.incident.blocks import PERSON, Block, Lines, Table, Title

if TYPE_CHECKING:
    from drills.incident.blocks import Document, Line

UNDER_THE_SUBJECT = 1
_BEGINS = re.compile(r"^(\s*\d*)([#+~=.)-])(?=[\s#+~=-])")
"""What makes a heading, a list or a rule of a line that begins with it."""


def markdown(document: Document) -> str:
    """Return the Markdown: the subject as its heading, unless the document begins with one of its own."""
    own = document.headed
    heading = document.subject
    blocks = document.blocks
    if own and isinstance(blocks[0], Title):
        heading, blocks = blocks[0].text, blocks[1:]
    above = [f"> {_text(sentence)}" for sentence in document.above]
    lower = 0 if own else UNDER_THE_SUBJECT
    parts = [f"# {_text(heading)}", *above, *(_block(block, lower) for block in blocks)]
    return "\n\n".join(parts) + "\n"


def _text(text: str) -> str:
    """Return *text* escaped; the mark for a person stays emphasis."""
    return PERSON.join(escaped(part) for part in text.split(PERSON))


def _line(line: Line) -> str:
    if line.label:
        return f"**{_text(line.label)}**: {_text(line.text)}"
    return _BEGINS.sub(r"\1\\\2", _text(line.text))


def _block(block: Block, lower: int) -> str:
    match block:
        case Title():
            return f"{'#' * (block.level + lower)} {_text(block.text)}"
        case Lines():
            mark, end = ("- ", "\n") if block.bullets else ("", "  \n")
            return end.join(f"{mark}{_line(line)}" for line in block.lines)
        case Table():
            rule = f"|{' --- |' * len(block.header)}"
            return "\n".join((_row(block.header), rule, *map(_row, block.rows)))
        case _:
            assert_never(block)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(map(_text, cells))} |"
