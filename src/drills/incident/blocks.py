"""A document as values: what every form of it (Markdown, HTML, plain text, Slack, mail) is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

PERSON = "*needs a person*"
"""Stands where no fact says what belongs there."""


def person(hint: str = "") -> str:
    """Return the mark for a field that no fact fills; *hint* says what the template asks for."""
    return f"{PERSON} ({hint})" if hint else PERSON


@dataclass(frozen=True)
class Title:
    """A heading; level 1 is the document's own."""

    text: str
    level: int


@dataclass(frozen=True)
class Line:
    """A line, with the label in front of it where it has one."""

    text: str
    label: str = ""


@dataclass(frozen=True)
class Lines:
    """Lines that follow each other; *bullets* says that they are a list."""

    lines: tuple[Line, ...]
    bullets: bool = False


@dataclass(frozen=True)
class Table:
    """A table; every row has as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Title | Lines | Table


@dataclass(frozen=True)
class Document:
    """One document: its file's name, its subject, sentences that stand above it, and what it says.

    *sent* is the moment of a message, which has the forms of a message as well; None for what is sent to nobody.
    """

    name: str
    subject: str
    above: tuple[str, ...]
    blocks: tuple[Block, ...]
    sent: datetime | None = None

    @property
    def headed(self) -> bool:
        """Whether its first block is its heading: a message has its subject as heading."""
        return self.sent is None and bool(self.blocks) and isinstance(self.blocks[0], Title)


def bullets(*texts: str) -> Lines:
    """Return a list of plain lines."""
    return Lines(tuple(map(Line, texts)), bullets=True)


def words(*texts: str) -> Lines:
    """Return a paragraph, a line each."""
    return Lines(tuple(map(Line, texts)))
