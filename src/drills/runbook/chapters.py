"""The chapters of incidents: found by number and parts, whatever the level, the sign or the word in their heading."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from drills.runbook.causes import COLUMNS, DETAIL
from drills.runbook.document import Section, fields, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SIGNS = r"(?:[^\w\s`(\[]+\s*)*"
NUMBERED = re.compile(
    rf"{_SIGNS}(?:(?:incident|scenario|case|issue|problem)\s*#?\s*)?[\[(]?(?P<number>\d+)\ufe0f?\u20e3?"
    r"(?:\s*[.):\]\u2013\u2014-]+\s+|(?<=\u20e3)\s*|(?<=\ufe0f)\s*)(?P<name>.+)",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(.+?)(?:\s*\(([^()]*[<>\d][^()]*)\))?")


@dataclass(frozen=True)
class Chapter:
    """An incident's heading with everything below it; `number` is None where the heading has none."""

    number: int | None
    name: str
    section: Section


def chapters(root: Section, parts: tuple[str, ...]) -> Iterator[Chapter]:
    """Yield the incidents' chapters: numbered with one of the *parts*, or with an alert and a table of causes.

    Whatever stands deeper belongs to the chapter above it, and so does a part's or a cause's heading on any level.
    """
    every = list(root.walk())[1:]
    at = 0
    while at < len(every):
        section, at = every[at], at + 1
        below: list[Section] = []
        while at < len(every) and _belongs(every[at], section, parts):
            below.append(every[at])
            at += 1
        chapter = _chapter(replace(section, children=tuple(replace(each, children=()) for each in below)), parts)
        if chapter is None:
            at -= len(below)
        else:
            yield chapter


def _belongs(section: Section, chapter: Section, parts: tuple[str, ...]) -> bool:
    if NUMBERED.fullmatch(section.title) and section.level <= chapter.level + 1 and _labels(section):
        return False
    deeper = section.level > chapter.level
    return deeper or _is_part(section.title, parts) or DETAIL.fullmatch(section.title) is not None


def _is_part(title: str, parts: tuple[str, ...]) -> bool:
    return any(re.match(rf"(?:\W*\w+\s+(?:&\s+)?)?{part}", title, re.IGNORECASE) for part in parts) and len(title) < 40  # noqa: PLR2004


def _labels(section: Section) -> list[str]:
    return [field.label.lower() for field in fields(section)]


def _chapter(section: Section, parts: tuple[str, ...]) -> Chapter | None:
    labels = [*_labels(section), *(child.title.lower() for child in section.children)]
    has = {part for part in parts for label in labels if part in label}
    numbered = NUMBERED.fullmatch(section.title)
    table = any(_is_causes(block_titles) for block_titles in _tables(section))
    if numbered and (has or table):
        return Chapter(int(numbered["number"]), _name(numbered["name"]), section)
    if table and "alert" in labels:
        return Chapter(None, _name(section.title), section)
    return None


def _name(title: str) -> str:
    match = _FIGURE.fullmatch(title)
    return match[1] if match else title


def _tables(section: Section) -> Iterator[list[str]]:
    for part in (section, *section.children):
        for block in part.blocks:
            if block.type == "table":
                yield [plain(cell.children).strip().lower() for cell in block.children[0].children[0].children]


def _is_causes(titles: Iterable[str]) -> bool:
    return tuple(titles) == COLUMNS
