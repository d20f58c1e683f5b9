"""Fill a template of the runbook: its labels and placeholders say what is asked for, its other words stay."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Protocol

from drills.incident.blocks import Block, Line, Lines, Table, Title

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACEHOLDER = re.compile(r"\[(?=[^\]\n]*[a-z])[^\]\n]+\](?!\()|\[\d+(?:/\d+)+\]")
"""A text in brackets to be replaced; one in capitals, such as [RESOLVED], stays."""
PATTERN = re.compile(
    r"INC-YYYY-MM-DD-NNN|SEV-X\b|YYYY-MM-DD(?: HH:MM(?: UTC)?)?|\bHH:MM\b|\bXX? (?:hours|minutes)\b.*|#N\b"
)
"""A text that shows the form of what replaces it."""
_HEADING = re.compile(r"(#+)\s+(.+)")
_LABEL = re.compile(r"(?:\*\*)?([A-Z][\w /-]{1,40}?)(?:\*\*)?:\s+(.+)")
_SECTION = re.compile(r"([A-Z][A-Z /-]+):")
_SHOUTED = re.compile(r"[A-Z][A-Z #-]+")


class Fields(Protocol):
    """What fills a template; a section is the heading that a field stands under, in lower case."""

    def value(self, section: str, label: str, hint: str) -> str:
        """Return what belongs behind a label, or in place of a placeholder without one."""

    def items(self, section: str, hints: tuple[str, ...]) -> tuple[str, ...]:
        """Return the points of a list."""

    def rows(self, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        """Return the rows of a table in place of the template's, as wide as its *header*."""

    def inline(self, hint: str) -> str:
        """Return what replaces a placeholder within a sentence."""


def asks(text: str) -> bool:
    """Say whether *text* has something to replace."""
    return bool(PLACEHOLDER.search(text) or PATTERN.search(text))


def filled_line(text: str, fields: Fields) -> str:
    """Return *text* with each placeholder and each pattern replaced."""
    replaced = PATTERN.sub(lambda found: fields.inline(found[0]), text)
    return PLACEHOLDER.sub(lambda found: fields.inline(found[0].strip("[]")), replaced)


def filled(body: str, fields: Fields) -> tuple[Block, ...]:
    """Return the template's *body* as blocks, all of them filled."""
    return tuple(_Reader(fields).blocks(body.splitlines()))


class _Reader:
    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._section = ""

    def blocks(self, lines: list[str]) -> Iterator[Block]:
        place = 0
        while place < len(lines):
            kind = _kind(lines[place])
            group = list(takewhile(lambda line: _kind(line) == kind, lines[place:]))  # noqa: B023 - used at once
            group = group[:1] if kind == "title" else group
            place += len(group)
            if kind == "title":
                yield self._title(group[0])
            elif kind == "table":
                yield self._table(group)
            elif kind == "list":
                yield Lines(tuple(self._list(group)), bullets=True)
            elif kind == "words":
                yield Lines(tuple(self._words(line) for line in group))

    def _title(self, line: str) -> Title:
        heading, section = _HEADING.fullmatch(line), _SECTION.fullmatch(line.strip())
        text = heading[2] if heading else section[1] if section else line
        self._section = text.strip().lower() if section or (heading and len(heading[1]) > 1) else ""
        level = len(heading[1]) if heading else 2 if section else 1
        return Title(filled_line(text, self._fields), level)

    def _table(self, lines: list[str]) -> Table:
        header, *rest = [tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in lines]
        # The second line is a rule; a row of another width than the header is cut or filled up.
        rows = tuple((*row, *("",) * len(header))[: len(header)] for row in rest[1:])
        return Table(header, self._fields.rows(header, rows))

    def _list(self, lines: list[str]) -> Iterator[Line]:
        texts = [line.lstrip("-* ") if not line.startswith("- **") else line[2:] for line in lines]
        if any(_LABEL.fullmatch(text) for text in texts) or not any(map(asks, texts)):
            yield from map(self._words, texts)
        else:
            yield from map(Line, self._fields.items(self._section, tuple(text.strip("[]") for text in texts)))

    def _words(self, line: str) -> Line:
        labelled = _LABEL.fullmatch(line.strip())
        if labelled:
            label, value = labelled[1], labelled[2]
            if asks(value) or PATTERN.fullmatch(value):
                value = self._fields.value(self._section, label.lower(), value.strip("[]"))
            return Line(value, label)
        alone = PLACEHOLDER.fullmatch(line.strip())
        if alone and self._section:
            return Line(self._fields.value("", self._section, alone[0].strip("[]")))
        return Line(filled_line(line, self._fields))


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    if _HEADING.fullmatch(line) or _SECTION.fullmatch(line.strip()) or _SHOUTED.fullmatch(line.strip()):
        return "title"
    if line.startswith("|"):
        return "table"
    return "list" if re.match(r"[-*] ", line) else "words"
