"""The tables of the review: the timeline, and the action items with owner and deadline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.incident.afterwards import item_deadline
from drills.incident.blocks import person
from drills.incident.cadence import due_updates
from drills.incident.entries import Escalated, Measured, Note, Opened, Resolved, Topic, Update
from drills.incident.times import clock, exact

if TYPE_CHECKING:
    from drills.incident.entries import AnyEntry
    from drills.incident.facts import Facts

Rows = tuple[tuple[str, ...], ...]
_MOMENTS = (
    (r"alert", Topic.ALERT),
    (r"investigat", Topic.INVESTIGATION),
    (r"root cause", Topic.ROOT_CAUSE),
    (r"mitigat", Topic.MITIGATION),
)
_OVER = re.compile(r"\bover\b|resolved", re.IGNORECASE)
_TOLD = (
    Topic.ALERT,
    Topic.INVESTIGATION,
    Topic.OBSERVATION,
    Topic.ROOT_CAUSE,
    Topic.ACTION,
    Topic.MITIGATION,
    Topic.RECOVERY,
    Topic.EVIDENCE,
)


def timeline_rows(facts: Facts, rows: Rows) -> Rows:
    """Return everything that was written down, in order, and a row for each of the template's that nothing fills."""
    named = {event: _of(facts, event) for _, event, *_ in rows}
    titles = {id(each): event for event, each in named.items() if each}
    told = (
        (clock(each.when, facts.started), f"{titles[id(each)]}: {_event(each)}" if id(each) in titles else _event(each))
        for each in facts.entries
        if _shown(each)
    )
    return (*told, *((person("time"), event) for event, each in named.items() if each is None))


def _of(facts: Facts, event: str) -> AnyEntry | None:
    """Return the line that tells of a row of the template, such as `Alert fired`."""
    if _OVER.search(event):
        return facts.resolution
    topic = next((topic for pattern, topic in _MOMENTS if re.search(pattern, event, re.IGNORECASE)), None)
    return next(iter(facts.notes(topic)), None) if topic else None


def _shown(each: AnyEntry) -> bool:
    return not isinstance(each, Measured) and (not isinstance(each, Note) or each.about in _TOLD)


def _event(each: AnyEntry) -> str:
    by = f" ({each.by})" if each.by else ""
    match each:
        case Opened():
            return f"Incident opened: {each.title}{by}"
        case Update():
            return f"Status update: {each.text}{by}"
        case Escalated():
            return f"Escalated to {each.role}: {each.text}{by}"
        case Resolved():
            return f"{each.text}{by}"
        case Measured() | Note():
            return f"{each.text}{by}"


def shortfalls(facts: Facts) -> tuple[str, ...]:
    """Return what the record itself shows to have come short: updates that were late, or are not recorded."""
    late = [each for each in due_updates(facts) if each.due and each.late]
    return tuple(f"Status update #{each.number}, due at {exact(each.due)}: {each.said}" for each in late if each.due)


def item_rows(facts: Facts, columns: tuple[str, ...], rows: Rows) -> Rows:
    """Return the action items by the table's *columns*, the deadline of each by its priority.

    Where there is none, the template's own rows stay for a person, with the deadlines that follow.
    """
    items = facts.notes(Topic.ITEM)
    found = [{"action": each.text, "owner": each.owner, "priority": each.priority} for each in items]
    if not found:
        empty = [dict(zip(columns, row, strict=True)) for row in rows]
        found = [{"priority": each.get("priority", "")} for each in empty]
    return tuple(tuple(_cell(facts, item, column) for column in columns) for item in found)


def _cell(facts: Facts, item: dict[str, str], column: str) -> str:
    if column == "deadline":
        return _until(facts, item.get("priority", ""))
    return item.get(column) or person(column)


def _until(facts: Facts, priority: str) -> str:
    until = item_deadline(facts, priority) if priority else None
    return f"{until:%Y-%m-%d}" if until else person("date")
