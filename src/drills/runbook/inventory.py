"""What became of every piece of a document: in the model, prose that is not used, or a finding with its line.

It looks at the document and at the model alone, not at how the one was read from the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.runbook.commands import commands_in, typed_text
from drills.runbook.document import fields, plain
from drills.runbook.errors import LineError
from drills.runbook.holdings import Holdings, holdings
from drills.runbook.losses import BLOCKS, around, lost, lost_in_heading, span_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.runbook.document import Document, Node, Section
    from drills.runbook.losses import Found
    from drills.runbook.model import Command, Runbook

_PIECES = ("paragraph", "list_item", "tr", "fence", "code_block", "html_block")


@dataclass(frozen=True)
class Inventory:
    """How many pieces are in the model, how many are prose that is not used, and what was found, by line."""

    used: int
    prose: int
    found: tuple[Found, ...]


def inventory(document: Document, runbook: Runbook) -> Inventory:
    """Return what became of each heading, row, item, code span and block of *document*."""
    model = holdings(runbook, next((each.line for each in document.root.children), 0))
    used = prose = 0
    found: set[Found] = set()
    for section in document.root.walk():
        if section.line > 0 and section.title:
            told = [*_unread_chapter(section, model), *lost_in_heading(section, model)]
            used, prose = _count(used, prose, told, in_model=section.line in model.lines or model.holds(section.title))
            found.update(told)
        for piece in _pieces(section.blocks):
            told = list(lost(piece, section, model))
            used, prose = _count(used, prose, told, in_model=_in_model(piece, model))
            found.update(told)
    return Inventory(used, prose, tuple(sorted(found)))


def _count(used: int, prose: int, told: list[Found], *, in_model: bool) -> tuple[int, int]:
    if told:
        return used, prose
    return (used + 1, prose) if in_model else (used, prose + 1)


def _pieces(blocks: Iterable[Node]) -> Iterator[Node]:
    for block in blocks:
        for node in block.walk():
            if node.type in _PIECES or (node.type == "code_inline" and node.parent is not None):
                yield node


def _in_model(piece: Node, model: Holdings) -> bool:
    if piece.type in BLOCKS:
        typed = typed_text(piece)
        return bool(_commands(piece)) or (typed is not None and model.types(typed)) or model.holds(piece.content)
    first, end = _range(piece)
    if any(line in model.lines or line in model.commands for line in range(first, end)):
        return True
    return model.holds(plain([around(piece)]).strip())


def _range(piece: Node) -> tuple[int, int]:
    if piece.type == "code_inline":
        line = span_line(piece)
        return line, line + 1
    node: Node | None = piece
    while node is not None and node.map is None:
        node = node.parent
    first, end = (node.map if node is not None and node.map else None) or (0, 1)
    return first + 1, (first + 2 if piece.type in ("list_item", "paragraph") else end + 1)


def _commands(block: Node) -> tuple[Command, ...]:
    try:
        return commands_in([block])
    except LineError:
        return ()


def _unread_chapter(section: Section, model: Holdings) -> Iterator[Found]:
    if section.line in model.lines:
        return
    if any(field.label.lower() == "alert" and field.line not in model.lines for field in fields(section)):
        yield (
            section.line,
            (f"the chapter {section.title!r} has an alert, and was not read; give it a number, and a table of causes"),
        )
