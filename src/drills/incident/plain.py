"""A document as plain text, as people paste it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from drills.common.visible import visible
from drills.incident.blocks import Block, Line, Lines, Table, Title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.incident.blocks import Document


def plain(document: Document) -> str:
    """Return the text: the subject, what stands above, and the blocks with an empty line between two."""
    return f"Subject: {visible(document.subject)}\n\n{body(document)}"


def body(document: Document) -> str:
    """Return the text without the subject, which a mail has as a header."""
    parts = [*document.above, *map(block_text, document.blocks)]
    return visible("\n\n".join(part.strip("\n") for part in parts)) + "\n"


def line_text(line: Line) -> str:
    """Return a line with its label; line ends within it become spaces."""
    text = " ".join(line.text.split("\n"))
    return f"{line.label}: {text}" if line.label else text


def block_text(block: Block) -> str:
    """Return one block as text."""
    match block:
        case Title():
            return block.text.upper() if block.level > 1 else block.text
        case Lines():
            mark = "- " if block.bullets else ""
            return "\n".join(f"{mark}{line_text(line)}" for line in block.lines)
        case Table():
            return "\n".join(_rows(block))
        case _:
            assert_never(block)


def _rows(table: Table) -> Iterator[str]:
    """Yield each row as a point with its labels: columns of long sentences do not fit side by side."""
    for row in table.rows:
        first, *rest = (" ".join(cell.split("\n")) for cell in row)
        labelled = "; ".join(f"{name}: {cell}" for name, cell in zip(table.header[1:], rest, strict=True))
        yield f"- {first} | {labelled}" if rest else f"- {first}"
