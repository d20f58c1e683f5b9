"""Chapters of symptom, diagnosis and fix, under headings or bold labels, or of an alert and its steps."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from drills.runbook.chapter_alert import PRODUCT
from drills.runbook.commands import commands_in
from drills.runbook.dialects.alert_pages import CORE, is_page
from drills.runbook.dialects.dialect import Dialect, assembled
from drills.runbook.incident_chapter import Chapter
from drills.runbook.parts import Part, parts_of
from drills.runbook.roles import Role, bare, role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.runbook.document import Section

ENOUGH = 2
TELLING = frozenset([Role.SYMPTOMS, Role.DIAGNOSIS, Role.MITIGATION])
_ALERT = re.compile(
    r"[Aa]lerts?(?: [Nn]ame)?\s*[:\u2013-]\s*\S.*|`?[A-Z]?[a-z0-9]+(?:[A-Z]+[a-z0-9]*)+`?(?:\s*\(.*\))?"
)
"""A heading that is an alert's name, or says that it is one."""


def chapters(root: Section, stem: str) -> list[Chapter]:
    """Return the chapters of a document, none where it has none."""
    return list(_chapters(root, stem))


def _chapters(section: Section, stem: str) -> Iterator[Chapter]:
    inner = [chapter for child in section.children for chapter in _chapters(child, stem)]
    if inner and not is_page(section):
        yield from _own(section, {chapter.line for chapter in inner}, stem)
        yield from inner
        return
    parts = parts_of(section)
    if section.level and (_is_chapter(section, parts) or is_page(section)):
        yield Chapter(section.title, section.line, tuple(_usable(section, parts)), stem)
        return
    yield from inner


def _own(section: Section, below: set[int], stem: str) -> Iterator[Chapter]:
    """Yield the chapter that *section* is by its own labels, without the chapters at these lines below it."""
    alone = replace(section, children=())
    if section.level and _is_chapter(alone, parts_of(alone)):
        rest = replace(section, children=tuple(each for each in section.children if not _lines(each) & below))
        yield Chapter(section.title, section.line, tuple(_usable(rest, parts_of(rest))), stem)


def _lines(section: Section) -> set[int]:
    return {each.line for each in section.walk()}


def _is_chapter(section: Section, parts: list[Part]) -> bool:
    if role(section.title) is not None:
        return False
    named = CORE.intersection(part.role for part in parts[1:] if part.role)
    acts = bool(named & {Role.DIAGNOSIS, Role.MITIGATION})
    if acts and len(named) >= ENOUGH:
        return _has_commands(section) or len(named & TELLING) >= ENOUGH
    title = bare(section.title)
    return bool(_ALERT.fullmatch(title)) and not PRODUCT.fullmatch(title) and (acts or _has_commands(section))


def _usable(section: Section, parts: list[Part]) -> list[Part]:
    """Return the parts; the steps of a chapter that names none of them are what there is to do."""
    if not any(part.role in (Role.DIAGNOSIS, Role.MITIGATION) for part in parts):
        parts[0] = Part(
            Role.MITIGATION, section.title, section.line, parts[0].inline, parts[0].blocks, parts[0].sections
        )
    return parts


def _has_commands(section: Section) -> bool:
    return any(commands_in(below.blocks) for below in section.walk())


DIALECT = Dialect(
    "chapters of symptom, diagnosis and fix", lambda root, stem: bool(chapters(root, stem)), assembled(chapters)
)
