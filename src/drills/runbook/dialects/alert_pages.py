"""One page an alert, as prometheus-operator has them: Meaning, Impact, Diagnosis, Mitigation below its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.runbook.dialects.dialect import Dialect, assembled
from drills.runbook.incident_chapter import Chapter
from drills.runbook.parts import parts_of
from drills.runbook.roles import Role, bare, role

if TYPE_CHECKING:
    from drills.runbook.document import Section

CORE = frozenset([Role.ABOUT, Role.SYMPTOMS, Role.DIAGNOSIS, Role.MITIGATION, Role.VERIFICATION, Role.ALERT])
_OF_AN_INCIDENT = re.compile(
    r"meaning|(?:\w+ )?impact|overview|summary|description|what |why |definition", re.IGNORECASE
)
ENOUGH = 3
"""So many parts under headings make a page; of diagnosis and mitigation together, two do."""


def is_page(section: Section) -> bool:
    """Say whether the headings below *section* are the parts of one incident."""
    roles = [role(child.title) for child in section.children]
    named = [each for each, child in zip(roles, section.children, strict=True) if each in CORE and _tells(child.title)]
    if roles.count(Role.DIAGNOSIS) > 1 and roles.count(Role.MITIGATION) > 1:
        return False
    acts = {Role.DIAGNOSIS, Role.MITIGATION}.intersection(named)
    return len(acts) > 1 or (len(named) >= ENOUGH and bool(acts))


def _tells(title: str) -> bool:
    """Say whether a heading is about an incident; one about a service, its team or its links is not."""
    return role(title) is not Role.ABOUT or _OF_AN_INCIDENT.match(bare(title)) is not None


def chapters(root: Section, stem: str) -> list[Chapter]:
    """Return the one chapter of a page, none where the document is no page; what stands after it belongs to it."""
    for section in (root, *root.children):
        if not is_page(section):
            continue
        after = [each for each in root.children if each is not section] if section is not root else []
        if any(is_page(other) for other in after):
            return []
        parts = [*parts_of(section), *(part for other in after for part in parts_of(other) if role(other.title))]
        return [Chapter(section.title or stem, section.line if section.title else 1, tuple(parts), stem)]
    return []


DIALECT = Dialect("one page an alert", lambda root, stem: bool(chapters(root, stem)), assembled(chapters))
