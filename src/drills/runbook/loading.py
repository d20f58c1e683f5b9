"""Read a `Runbook` from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.runbook.document import Document, read
from drills.runbook.errors import LineError, RunbookError
from drills.runbook.incidents import incidents
from drills.runbook.model import Runbook
from drills.runbook.organisation import escalation, initial_response, post_incident, severities
from drills.runbook.reference import contacts, critical_commands, dashboards, metrics, templates

if TYPE_CHECKING:
    from pathlib import Path


def load(path: Path) -> Runbook:
    """Read the runbook at *path*; RunbookError says in one sentence what is wrong, with file and line."""
    document = read(path)
    try:
        return _runbook(path, document)
    except LineError as error:
        raise RunbookError(f"{path}:{error.line}: {error}") from None


def _runbook(path: Path, document: Document) -> Runbook:
    root = document.root
    return Runbook(
        path=path,
        sha256=document.sha256,
        severities=severities(root),
        initial_response=initial_response(root),
        escalation=escalation(root),
        incidents=incidents(root),
        templates=templates(root),
        post_incident=post_incident(root),
        contacts=contacts(root),
        critical_commands=critical_commands(root),
        dashboards=dashboards(root),
        metrics=metrics(root),
    )
