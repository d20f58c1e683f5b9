"""Show the runbook at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from drills.common.visible import visible
from drills.common.wording import minutes

if TYPE_CHECKING:
    from rich.console import RenderableType

    from drills.runbook.model import Cause, Command, Incident, Runbook

SECONDS_PER_MINUTE = 60
NO_LIMIT = "no threshold in the document"


def _text(words: str, style: str = "") -> Text:
    """Return words of the document: brackets are no markup, and control characters are shown."""
    return Text(visible(words), style=style)


def document(runbook: Runbook) -> RenderableType:
    """Return the whole document: incidents with their causes and commands, then levels, key metrics and contacts."""
    parts: list[RenderableType] = [
        _text(f"{runbook.path}  sha256 {runbook.sha256[:12]}", "dim"),
        _text(f"{len(runbook.incidents)} incidents, {len(runbook.causes)} causes; {runbook.dialect}", "dim"),
    ]
    for incident in runbook.incidents:
        parts += [Text(), *_incident(runbook, incident)]
    parts += [Text(), _severities(runbook), Text(), _metrics(runbook), Text(), _escalation(runbook), Text()]
    names = ", ".join(template.name for template in runbook.templates)
    return Group(*parts, Text.assemble(("Templates  ", "bold"), _text(names)))


def _incident(runbook: Runbook, incident: Incident) -> list[RenderableType]:
    alert = incident.alert
    lasting = f" for {minutes_text(alert.window_s)}" if alert.window_s else ""
    limit = f"{alert.limit.text}{lasting}, back to {runbook.target(incident).text}" if alert.limit else NO_LIMIT
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for cause in incident.causes:
        table.add_row(_text(cause.id, "cyan"), _cause(cause), minutes(cause.minutes) if cause.minutes else "")
    return [
        Text.assemble(_text(f"{incident.id}  {incident.name}", "bold")),
        Text.assemble("   ", _text(alert.name, "yellow"), _text(f"  {limit}")),
        Padding(table, (0, 0, 0, 3)),
    ]


def _cause(cause: Cause) -> RenderableType:
    lines = [_command(command) for command in cause.commands] or [_text(cause.solution, "dim")]
    return Group(_text(cause.name), *lines)


def _command(command: Command) -> Text:
    return Text.assemble(("$ ", "dim"), _text(command.text, "green"), (f"  line {command.line}", "dim"))


def minutes_text(seconds: float) -> str:
    """Return seconds as minutes where these are whole."""
    whole = seconds % SECONDS_PER_MINUTE == 0
    return f"{seconds / SECONDS_PER_MINUTE:g} min" if whole else f"{seconds:g} s"


def _severities(runbook: Runbook) -> Table:
    table = Table("Severity", "", "Respond", "Resolve", "Means", box=None, padding=(0, 2, 0, 0), title_justify="left")
    for level in runbook.severities:
        table.add_row(
            *map(_text, (level.id, level.name, level.response_time, level.resolution_target, level.definition))
        )
    return table


def _metrics(runbook: Runbook) -> Table:
    table = Table("Key metric", "Target", "Alert", box=None, padding=(0, 2, 0, 0))
    for metric in runbook.metrics:
        table.add_row(*map(_text, (metric.name, metric.target.text, metric.alert.text if metric.alert else "")))
    return table


def _escalation(runbook: Runbook) -> Table:
    table = Table("Escalate to", "when", box=None, padding=(0, 2, 0, 0))
    for trigger in runbook.escalation:
        table.add_row(_text(trigger.role), _text("; ".join(trigger.conditions)))
    return table
