"""The table of causes, and the headings below it that give a cause's commands in full."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from markdown_it.rules_block.table import escapedSplit

from drills.runbook.commands import block_commands, span_commands
from drills.runbook.document import SOURCE, Field, Node, Section, line_of, plain, stray_rows
from drills.runbook.errors import LineError
from drills.runbook.model import Cause
from drills.runbook.windows import minutes

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ("cause", "solution", "time")
DETAIL = re.compile(r"(?:[^\w\s]+\s*)*(\d+\.\d+)[.:)]?\s+(.+)")
ORIGINAL = "As first documented"


@dataclass(frozen=True)
class _Row:
    line: int
    cells: tuple[Node, ...]

    def text(self, column: int) -> str:
        return plain(self.cells[column].children).strip()


def causes(section: Section, incident: int, field: Field | None) -> tuple[Cause, ...]:
    """Read an incident's causes; LineError where table, row, time or heading does not fit."""
    rows = _rows(section, field)
    found: list[Cause] = []
    names: set[str] = set()
    for position, row in enumerate(rows, start=1):
        cause = _cause(f"{incident}.{position}", row)
        if cause.name.casefold() in names:
            raise LineError(row.line, f"the cause {cause.name!r} is there twice in incident {incident}; keep one row")
        names.add(cause.name.casefold())
        found.append(cause)
    return _with_details(section, found)


def _rows(section: Section, field: Field | None) -> list[_Row]:
    blocks = field.blocks if field else section.blocks
    tables = [block for block in blocks if block.type == "table"]
    if not tables:
        raise _no_table(section, blocks)
    if field is not None:
        _no_row_outside(blocks[blocks.index(tables[0]) :])
    rows = [row for at, table in enumerate(tables) for row in _body(table, first=at == 0)]
    return [_row(row) for row in rows]


def _body(table: Node, *, first: bool) -> list[Node]:
    """Return the rows of a table of causes; another table further down is not one."""
    head, *body = [row for part in table.children for row in part.children]
    titles = [plain(cell.children).strip().lower() for cell in head.children]
    if tuple(titles) != COLUMNS:
        if not first:
            return []
        raise LineError(line_of(head), f"expected the columns Cause, Solution, Time; saw {', '.join(titles)}")
    if not body:
        raise LineError(line_of(head), "this table of causes has no rows; expected one row for each cause")
    return body


def _no_row_outside(blocks: Sequence[Node]) -> None:
    for block in blocks:
        for line, text in stray_rows(block):
            sentence = "this row stands outside its table, which a blank line, a comment or a tag above it has ended"
            raise LineError(line, f"{sentence}; move it up: {text[:40]!r}")


def _no_table(section: Section, blocks: Sequence[Node]) -> LineError:
    for block in blocks:
        if block.type == "paragraph" and block.children[0].content.startswith("|"):
            return LineError(
                line_of(block), "this table is broken; expected a header, then a row of dashes as wide as it"
            )
    return LineError(section.line, f"incident {section.title!r} has no table of causes")


def _row(row: Node) -> _Row:
    line = line_of(row)
    cells = escapedSplit(row.meta[SOURCE].strip())
    cells = cells[1:] if cells and not cells[0].strip() else cells
    cells = cells[:-1] if cells and not cells[-1].strip() else cells
    if len(cells) != len(COLUMNS):
        sentence = f"broken table row: expected {len(COLUMNS)} cells (Cause, Solution, Time), saw {len(cells)}"
        raise LineError(line, f"{sentence}; a pipe inside a cell is written \\|")
    for name, cell in zip(COLUMNS, cells, strict=True):
        if not cell.strip():
            raise LineError(line, f"broken table row: the cell {name.capitalize()} is empty")
    return _Row(line, tuple(row.children))


def _cause(cause_id: str, row: _Row) -> Cause:
    return Cause(
        id=cause_id,
        name=row.text(0),
        solution=row.text(1),
        commands=span_commands(row.cells[1].children, row.line),
        minutes=minutes(row.line, row.text(2)),
        notes=(),
        line=row.line,
    )


def _with_details(section: Section, found: list[Cause]) -> tuple[Cause, ...]:
    by_id = {cause.id: cause for cause in found}
    seen: set[str] = set()
    for child in section.children:
        match = DETAIL.fullmatch(child.title)
        if match is None:
            continue
        cause = by_id.get(match[1])
        if cause is None or cause.name.casefold() != match[2].strip().casefold():
            raise LineError(child.line, f"the heading {child.title!r} fits no row of its incident's table")
        if cause.id in seen:
            raise LineError(child.line, f"the heading of cause {cause.id} is there twice; join the two")
        seen.add(cause.id)
        by_id[cause.id] = _detailed(cause, child)
    return tuple(by_id.values())


def _detailed(cause: Cause, section: Section) -> Cause:
    """Take the section's commands; those below a paragraph that begins with ORIGINAL are no longer the solution."""
    notes = tuple(plain([block]).strip() for block in section.blocks if block.type == "paragraph")
    now = tuple(takewhile(lambda block: not _is_original(block), section.blocks))
    before = section.blocks[len(now) :]
    original = block_commands(before)
    if before and not original:
        raise LineError(line_of(before[0]), f"expected the commands that cause {cause.id} had, in a shell block below")
    return replace(cause, notes=notes, commands=block_commands(now) or cause.commands, original=original)


def _is_original(block: Node) -> bool:
    return block.type == "paragraph" and plain([block]).strip().startswith(ORIGINAL)
