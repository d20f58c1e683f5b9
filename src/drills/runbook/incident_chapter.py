"""One incident of a document without tables of causes: its heading, its parts, and what these say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.runbook.document import item_texts, list_items, plain
from drills.runbook.roles import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.runbook.document import Node
    from drills.runbook.parts import Part
    from drills.runbook.roles import Role

ALERT_TITLE = re.compile(r"(?:alerts?|alarms?)(?: name)?\s*[:\u2013\u2014-]\s*(.+)", re.IGNORECASE)
_INCIDENT_TITLE = re.compile(
    r"(?:(?:alert|incident) )?(?:runbook|playbook|incident|scenario|issue|problem|case|title)\s*#?\d*"
    r"\s*[:\u2013\u2014-]\s*(.+)",
    re.IGNORECASE,
)
_KIND_OF_PAGE = re.compile(
    r"(?:\s*[:\u2013\u2014-])?\s+(?:(?:alert|incident|remediation|response|troubleshooting) )*"
    r"(?:runbook|playbook|sop)\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Chapter:
    """One incident of a document: its heading, its line, its parts; *stem* is the name of its file."""

    title: str
    line: int
    parts: tuple[Part, ...]
    stem: str

    def of(self, *roles: Role | None) -> list[Part]:
        """Return the parts with one of these roles, in order."""
        return [part for part in self.parts if part.role in roles]


def title(chapter: Chapter) -> str:
    """Return the name of the incident in a chapter's heading."""
    heading = bare(chapter.title)
    match = _INCIDENT_TITLE.fullmatch(heading) or ALERT_TITLE.fullmatch(heading)
    named = bare(match[1].strip()) if match else heading
    return _KIND_OF_PAGE.sub("", named) or named or chapter.stem


def texts(part: Part) -> Iterator[str]:
    """Yield what a part says: beside its name, in its paragraphs and items, and in the sections below it."""
    if part.text:
        yield part.text
    yield from words(part.blocks)
    for section in part.sections:
        for below in section.walk():
            yield below.title
            yield from words(below.blocks)


def words(blocks: Iterable[Node]) -> Iterator[str]:
    """Yield the words of each paragraph and each item among *blocks*."""
    for block in blocks:
        if block.type == "paragraph":
            yield plain([block]).strip()
        else:
            yield from item_texts([block])
            for item in list_items([block]):
                yield from words([child for child in item.children if child.type != "paragraph"])
