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


def item_rows(facts: Facts, rows: Rows) -> Rows:
    """Return the action items, the deadline of each by its priority; one that needs a person where there is none."""
    found = tuple(_item(facts, each, len(rows[0]) if rows else 0) for each in facts.notes(Topic.ITEM))
    return found or tuple(_none(facts, row) for row in rows)


def _item(facts: Facts, note: Note, width: int) -> tuple[str, ...]:
    priority = note.priority or person()
    return (note.text, note.owner or person("role"), _until(facts, note.priority), priority)[: width or None]


def _none(facts: Facts, row: tuple[str, ...]) -> tuple[str, ...]:
    """Return a row to fill in, with the priority that the template has there and the deadline that follows from it."""
    priority = row[-1]
    return (person("action"), person("role"), _until(facts, priority), priority)[: len(row)]


def _until(facts: Facts, priority: str) -> str:
    until = item_deadline(facts, priority) if priority else None
    return f"{until:%Y-%m-%d}" if until else person("date")
