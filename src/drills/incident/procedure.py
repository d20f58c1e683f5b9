"""The steps after a resolution as a checklist: each with the evidence that the record has, or for a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.incident.afterwards import first_steps_deadline
from drills.incident.blocks import PERSON, Document, Table, Title, words
from drills.incident.entries import Topic
from drills.incident.review import timeline_rows
from drills.incident.times import to_minute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.incident.facts import Facts

_TIMES = re.compile(r"\baction.*\btime", re.IGNORECASE)
_WHO = re.compile(r"\bwho\b.*\b(?:took part|involved)", re.IGNORECASE)
HEADER = ("Step", "What has to be so", "Evidence")


def procedure(facts: Facts) -> Document:
    """Return the checklist of the runbook's first steps after the resolution."""
    until = first_steps_deadline(facts)
    within = facts.runbook.post_incident.first_steps_within
    done = f"To be done by {to_minute(until)} ({within[:1].lower()}{within[1:]})." if until else "To be done at once."
    subject = f"{facts.opened.id}: after the resolution"
    return Document(
        "after-resolution", subject, (), (Title(subject, 1), words(done), Table(HEADER, tuple(_rows(facts))))
    )


def _rows(facts: Facts) -> Iterator[tuple[str, ...]]:
    for step in facts.runbook.post_incident.first_steps:
        for point in step.notes:
            yield step.title, point, evidence(facts, point)


def evidence(facts: Facts, point: str) -> str:
    """Return what the record says of a point of the checklist, the mark for a person where it says nothing."""
    noted = [each.text for each in facts.notes(Topic.EVIDENCE) if each.point.lower() in point.lower() and each.point]
    return "; ".join(noted) or _written(facts, point) or PERSON


def _written(facts: Facts, point: str) -> str:
    """Return what the file itself proves of the points about writing down."""
    if _TIMES.search(point):
        return (
            f"{len(timeline_rows(facts, ()))} lines in the timeline of the review; whether all is there, a person says"
        )
    return ", ".join(facts.responders) if _WHO.search(point) else ""
