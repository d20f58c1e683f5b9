"""Our own form: numbered incidents with an alert, an investigation and a table of causes, solutions and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.runbook.causes import COLUMNS
from drills.runbook.dialects.dialect import Dialect, Found
from drills.runbook.document import plain
from drills.runbook.incidents import incidents
from drills.runbook.organisation import SEVERITY

if TYPE_CHECKING:
    from drills.runbook.document import Section
    from drills.runbook.model import Incident


def _fits(root: Section, stem: str) -> bool:  # noqa: ARG001 - of every dialect
    for section in root.walk():
        if SEVERITY.fullmatch(section.title):
            return True
        for block in section.blocks:
            if block.type == "table" and _titles(block.children[0].children[0]) == COLUMNS:
                return True
    return False


def _titles(row: object) -> tuple[str, ...]:
    return tuple(plain(cell.children).strip().lower() for cell in row.children)  # type: ignore[attr-defined]


def _read(root: Section, stem: str) -> tuple[tuple[Incident, ...], tuple[Found, ...]]:  # noqa: ARG001
    return incidents(root), ()


DIALECT = Dialect("tables of causes", _fits, _read)
