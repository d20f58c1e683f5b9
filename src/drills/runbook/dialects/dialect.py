"""What a dialect is: how it is recognised, and how its incidents are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.runbook.assembly import incident, unnamed
from drills.runbook.chapter_alert import several, unread_level
from drills.runbook.commands import commands_in
from drills.runbook.errors import LineError
from drills.runbook.languages import UNREAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drills.runbook.document import Section
    from drills.runbook.incident_chapter import Chapter
    from drills.runbook.model import Incident

Found = tuple[int, str]


@dataclass(frozen=True)
class Dialect:
    """A form of runbook: its name in the output, whether a document has it, and its incidents with what was found."""

    name: str
    fits: Callable[[Section, str], bool]
    read: Callable[[Section, str], tuple[tuple[Incident, ...], tuple[Found, ...]]]


def _left_unread(root: Section) -> Iterator[Found]:
    """Make text of each code block that cannot be read, and tell of it: the rest of the page is read."""
    for section in root.walk():
        for block in (node for each in section.blocks for node in each.walk() if node.type == "fence"):
            try:
                commands_in([block])
            except LineError as error:
                assert block.token is not None
                block.token.info = UNREAD
                yield error.line, f"{error}; the block is left out"


def assembled(
    chapters: Callable[[Section, str], list[Chapter]],
) -> Callable[[Section, str], tuple[tuple[Incident, ...], tuple[Found, ...]]]:
    """Return a reader that puts an incident together from each of the *chapters* of a document."""

    def read(root: Section, stem: str) -> tuple[tuple[Incident, ...], tuple[Found, ...]]:
        unread = tuple(_left_unread(root))
        found = chapters(root, stem)
        told = (
            *unread,
            *(each for chapter in found for each in (*unnamed(chapter), *several(chapter), *unread_level(chapter))),
        )
        return tuple(incident(chapter, number) for number, chapter in enumerate(found, start=1)), told

    return read
