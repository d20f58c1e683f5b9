"""Incidents whose parts are the fields of a list: Alert, Severity, Symptoms, Steps, Escalation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from drills.runbook.dialects.dialect import Dialect, assembled
from drills.runbook.incident_chapter import Chapter
from drills.runbook.parts import Part, parts_of
from drills.runbook.roles import Role, role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.runbook.document import Section

TELLING = frozenset([Role.ALERT, Role.SEVERITY])
"""One of these fields makes a list an incident's; without it, symptoms and a way to mitigate do."""


def chapters(root: Section, stem: str) -> list[Chapter]:
    """Return the chapters whose lists have named fields, none where the document has none."""
    return list(_chapters(root, stem))


def _chapters(root: Section, stem: str) -> Iterator[Chapter]:
    for whole in root.walk():
        section = replace(whole, children=tuple(each for each in whole.children if not any(_chapters(each, stem))))
        parts = parts_of(section, bullets=True)
        if not section.level or not _is_list(section, parts):
            continue
        yield Chapter(section.title, section.line, tuple(parts), stem)


def _is_list(section: Section, parts: list[Part]) -> bool:
    plain = {part.line for part in parts_of(section)}
    fields = [part for part in parts if part.line not in plain]
    roles = {part.role for part in fields}
    told = bool(roles & TELLING) or {Role.SYMPTOMS, Role.MITIGATION} <= roles
    return told and bool(roles & {Role.DIAGNOSIS, Role.MITIGATION}) and role(section.title) is None


DIALECT = Dialect("fields of a list", lambda root, stem: bool(chapters(root, stem)), assembled(chapters))
