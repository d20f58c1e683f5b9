"""The runbook as plain JSON values, for other programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drills.runbook.model import Cause, Command, Incident, Runbook, Step


def as_json(runbook: Runbook) -> dict[str, Any]:
    """Return the document as dictionaries and lists; windows in seconds, times in minutes, values in base units."""
    return {
        "dialect": runbook.dialect,
        "incidents": [_incident(incident) for incident in runbook.incidents],
        "severities": [asdict(severity) for severity in runbook.severities],
        "escalation": [asdict(trigger) for trigger in runbook.escalation],
        "metrics": [asdict(metric) for metric in runbook.metrics],
        "templates": [asdict(template) for template in runbook.templates],
        "initial_response": [_step(step) for step in runbook.initial_response],
        "post_incident": asdict(runbook.post_incident),
        "contacts": [{"role": role, "contact": contact} for role, contact in runbook.contacts],
        "critical_commands": _commands(runbook.critical_commands),
        "dashboards": [asdict(dashboard) for dashboard in runbook.dashboards],
    }


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.id,
        "name": incident.name,
        "alert": incident.alert.name,
        "quantity": incident.alert.quantity.value,
        "threshold": asdict(incident.alert.limit) if incident.alert.limit else None,
        "window": incident.alert.window_s,
        "symptoms": list(incident.symptoms),
        "investigation": [_step(step) for step in incident.investigation],
        "causes": [_cause(cause) for cause in incident.causes],
        "verification": _commands(incident.verification),
        "expected": list(incident.expected),
        "file": incident.file,
        "line": incident.line,
        "severity": incident.severity,
        "about": list(incident.about),
        "escalation": list(incident.escalation),
        "rule": incident.alert.rule,
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.id,
        "cause": cause.name,
        "solution": cause.solution,
        "commands": _commands(cause.commands),
        "minutes": list(cause.minutes) if cause.minutes else None,
        "notes": list(cause.notes),
        "original": _commands(cause.original),
    }


def _step(step: Step) -> dict[str, Any]:
    return {"title": step.title, "notes": list(step.notes), "commands": _commands(step.commands)}


def _commands(commands: tuple[Command, ...]) -> list[dict[str, Any]]:
    return [
        {"line": command.line, "text": command.text, **({"stdin": command.stdin} if command.stdin else {})}
        for command in commands
    ]
