"""From a file to a `Runbook`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.runbook import incidents as read_incidents
from drills.runbook import organisation as read_organisation
from drills.runbook import reference as read_reference
from drills.runbook.document import read, sections
from drills.runbook.model import Runbook

if TYPE_CHECKING:
    from pathlib import Path


def load(path: Path) -> Runbook:
    """Read the runbook at *path*; RunbookError says in one sentence what is wrong, with file and line."""
    page = read(path)
    root = sections(page)
    return Runbook(
        path=path,
        sha256=page.sha256,
        severities=read_organisation.severities(page, root),
        initial_response=read_organisation.initial_response(page, root),
        escalation=read_organisation.escalation(root),
        incidents=read_incidents.incidents(page, root),
        templates=read_reference.templates(page, root),
        post_incident=read_organisation.post_incident(page, root),
        contacts=read_reference.contacts(root),
        critical_commands=read_reference.critical_commands(page, root),
        dashboards=read_reference.dashboards(root),
        metrics=read_reference.metrics(page, root),
    )
