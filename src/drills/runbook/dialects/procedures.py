"""A page of steps under headings that name no parts: a procedure, such as how to roll back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.runbook.commands import commands_in
from drills.runbook.dialects.dialect import Dialect, assembled
from drills.runbook.document import plain
from drills.runbook.incident_chapter import Chapter
from drills.runbook.parts import Part, parts_of
from drills.runbook.roles import Role, role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.runbook.document import Section

_TOLD = re.compile(
    r"run-?\s?book|playbook|incident|alert|outage|on-?call|troubleshoot|recover|roll-?back|fail-?over|restore|disaster|mitigat"
    r"|remediat|emergenc|degrad|(?<![a-z])(?:down|sop|fail(?:ed|ing|ure)?|high|low|slow|lag|leaks?|lock(?:ed)?|full|stuck|errors?)(?![a-z])"
    r"|(?<![a-z])(?:crash|expir|unavailab|time-?out)|(?<![a-z])(?:out of|not ready|how to fix)(?![a-z])"
    r"|(?<![a-z])too (?:many|few|much|high|low|long|big)(?![a-z])",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"\b(?:alert|incident|outage|crash|panic|error|fail(?:s|ed|ure)?|unavailable|timed? ?out|down|stuck|lost|corrupt"
    r"|lag|broken|degraded|recover|restart|full|slow|hang|unhealthy)\w*\b",
    re.IGNORECASE,
)
ENOUGH = 4
"""So many different words of trouble make a page that is named otherwise one about an incident."""
_NAME = re.compile(r"(?=\w*[a-z0-9][A-Z])[A-Za-z]\w*")


def chapters(root: Section, stem: str) -> list[Chapter]:
    """Return the page as one chapter whose steps are its solution, none where its title tells of no incident."""
    title = next((section for section in root.walk() if section.title), None)
    name = title.title if title else stem
    if not (
        _TOLD.search(f"{name} {stem}") or _NAME.fullmatch(stem) or _NAME.fullmatch(name) or _is_about_trouble(root)
    ):
        return []
    parts = [part for section in root.walk() for part in _own(section)]
    if not any(commands_in(part.blocks) for part in parts):
        return []
    return [Chapter(name, title.line if title else 1, tuple(parts), stem)]


def _is_about_trouble(root: Section) -> bool:
    """Say whether the words of a page, whatever its title, tell of something that went wrong."""
    words = " ".join(text for section in root.walk() for text in (section.title, *_paragraphs(section)))
    return len({match[0].lower() for match in _TROUBLE.finditer(words)}) >= ENOUGH


def _paragraphs(section: Section) -> Iterator[str]:
    for block in section.blocks:
        yield from (plain([node]) for node in block.walk() if node.type == "inline")


def _own(section: Section) -> list[Part]:
    """Return the blocks of one section as parts; a name that is not known is a way to act."""
    first, *others = parts_of(section)
    named = {child.line for child in section.children}
    looks = role(section.title) is Role.DIAGNOSIS
    first.role = (Role.DIAGNOSIS if looks else Role.MITIGATION) if commands_in(first.blocks) else Role.ABOUT
    return [first, *(part for part in others if part.line not in named and part.line not in _below(section))]


def _below(section: Section) -> set[int]:
    lines: set[int] = set()
    for child in section.children:
        for below in child.walk():
            lines.add(below.line)
            lines.update(part.line for part in parts_of(below))
    return lines


DIALECT = Dialect("a page of steps", lambda root, stem: bool(chapters(root, stem)), assembled(chapters))
