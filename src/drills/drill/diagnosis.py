"""Which documented investigation command shows a symptom."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.record.symptom import Symptom
    from drills.runbook.model import Command, Incident


def symptom_command(incident: Incident, symptom: Symptom) -> Command:
    """Return the investigation command that *sign* selects; ValueError unless it is exactly one."""
    found = [
        command
        for step in incident.investigation
        for command in step.commands
        if symptom.command in f"{command.text}\n{command.stdin or ''}"
    ]
    if len(found) != 1:
        raise ValueError(
            f"expected one investigation command of incident {incident.id} that contains {symptom.command!r}, "
            f"found {len(found)}"
        )
    return found[0]
