"""Read the templates and the quick reference: contacts, commands, dashboards, key metrics."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.runbook.blocks import check_closed
from drills.runbook.commands import block_commands
from drills.runbook.document import Node, Section, fields, item_text, line_of, list_items
from drills.runbook.errors import LineError
from drills.runbook.measures import quantity, statistics
from drills.runbook.model import Command, Dashboard, Metric, Template
from drills.runbook.organisation import find
from drills.runbook.quantities import limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

METRIC = re.compile(
    r"(?P<name>[^:]+):\s*(?P<target>.+?)\s*(?:\(\s*alert (?:at|above|over|from)\s+(?P<alert>[^)]+)\))?",
    re.IGNORECASE,
)
DASHBOARD = re.compile(r"(.+?):\s*(https?://\S+)")
CONTACT = re.compile(r"([^:]+):\s*(.+)")
OPPOSITE = {"<": ">", "<=": ">", ">": "<", ">=": "<"}


def templates(root: Section) -> tuple[Template, ...]:
    """Read every template of the document, in its order: escalation, communication, review."""
    return tuple(template for section in root.walk() for template in _templates(section))


def _templates(section: Section) -> Iterator[Template]:
    for field in fields(section):
        if "template" in field.label.lower():
            yield _template(field.label, None, field.line, field.blocks)
    if "template" not in section.title.lower():
        return
    if any(block.type == "fence" for block in section.blocks):
        yield _template(section.title, None, section.line, section.blocks)
    for child in section.children:
        subject = next((field.text for field in fields(child) if field.label.lower() == "subject"), None)
        yield _template(child.title, subject, child.line, child.blocks)


def _template(name: str, subject: str | None, line: int, blocks: Iterable[Node]) -> Template:
    fence = next((block for block in blocks if block.type == "fence"), None)
    if fence is None:
        raise LineError(line, f"the template {name!r} has no text; expected a code block below it")
    check_closed(fence)
    return Template(name, subject, fence.content, line_of(fence))


def contacts(root: Section) -> tuple[tuple[str, str], ...]:
    """Read the emergency contacts: each role, and where to find the person."""
    section = find(root, "contacts")
    text = "".join(block.content for block in section.blocks if block.type == "fence") if section else ""
    return tuple((match[1], match[2]) for line in text.splitlines() if (match := CONTACT.fullmatch(line.strip())))


def critical_commands(root: Section) -> tuple[Command, ...]:
    """Read the commands of the quick reference."""
    section = find(root, "critical commands")
    return block_commands(section.blocks) if section else ()


def dashboards(root: Section) -> tuple[Dashboard, ...]:
    """Read names and addresses of the dashboards."""
    section = find(root, "dashboards")
    items = list_items(section.blocks) if section else []
    return tuple(Dashboard(match[1], match[2]) for item in items if (match := DASHBOARD.fullmatch(item_text(item))))


def metrics(root: Section) -> tuple[Metric, ...]:
    """Read the key metrics; LineError where a target or an alert level cannot be read."""
    section = find(root, "key metrics")
    return tuple(_metric(item) for item in list_items(section.blocks)) if section else ()


def _metric(item: Node) -> Metric:
    line, text = line_of(item), item_text(item)
    match = METRIC.fullmatch(text)
    of = quantity(match["name"]) if match else None
    if match is None or of is None:
        raise LineError(line, f"no key metric can be read from {text!r}; expected 'Error Rate: < 1% (Alert at 5%)'")
    if any(named != "p95" for named in statistics(match["name"])):
        raise LineError(
            line, f"{match['name']!r} is no key metric that is known here; of the response time it is the p95"
        )
    target = limit(line, of, match["target"])
    level = match["alert"]
    alert = limit(line, of, f"{OPPOSITE[target.op]} {level}") if level else None
    return Metric(match["name"], of, target, alert, line)
