"""What a dialect is: how it is recognised, and how its incidents are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.runbook.assembly import incident, unnamed

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.runbook.assembly import Chapter
    from drills.runbook.document import Section
    from drills.runbook.model import Incident

Found = tuple[int, str]


@dataclass(frozen=True)
class Dialect:
    """A form of runbook: its name in the output, whether a document has it, and its incidents with what was found."""

    name: str
    fits: Callable[[Section, str], bool]
    read: Callable[[Section, str], tuple[tuple[Incident, ...], tuple[Found, ...]]]


def assembled(
    chapters: Callable[[Section, str], list[Chapter]],
) -> Callable[[Section, str], tuple[tuple[Incident, ...], tuple[Found, ...]]]:
    """Return a reader that puts an incident together from each of the *chapters* of a document."""

    def read(root: Section, stem: str) -> tuple[tuple[Incident, ...], tuple[Found, ...]]:
        found = chapters(root, stem)
        told = tuple(each for chapter in found for each in unnamed(chapter))
        return tuple(incident(chapter, number) for number, chapter in enumerate(found, start=1)), told

    return read
