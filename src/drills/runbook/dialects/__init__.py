"""The forms that runbooks have, one module each; a document is read in the first that it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.runbook.dialects import alert_pages, bullet_fields, cause_tables, procedures, symptom_chapters

if TYPE_CHECKING:
    from drills.runbook.dialects.dialect import Dialect
    from drills.runbook.document import Section

DIALECTS: tuple[Dialect, ...] = (
    cause_tables.DIALECT,
    alert_pages.DIALECT,
    bullet_fields.DIALECT,
    symptom_chapters.DIALECT,
    procedures.DIALECT,
)


def dialect_of(root: Section, stem: str) -> Dialect:
    """Return the dialect of a document; one that fits none is refused as one with tables of causes."""
    return next((each for each in DIALECTS if each.fits(root, stem)), cause_tables.DIALECT)
