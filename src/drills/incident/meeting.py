"""The meeting that reviews an incident: its agenda with minutes, and an invitation for calendars (.ics)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from drills.incident.afterwards import participants, planned_review, review_deadline
from drills.incident.blocks import Document, Table, Title, bullets, words
from drills.incident.times import to_minute

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from drills.incident.facts import Facts

HEADER = ("Minutes", "Topic", "Points")
UNPLANNED = "The time is the latest that the runbook allows ({within}); a person moves it to one that suits everybody."


@dataclass(frozen=True)
class Meeting:
    """When the review begins, how many minutes it takes, and whether a person has chosen the time."""

    begins: datetime
    minutes: float
    planned: bool


def meeting(facts: Facts) -> Meeting | None:
    """Return the review's meeting: when a person planned it, else so that it ends when the runbook wants it over.

    None for an incident that is open, and for a runbook without an agenda.
    """
    minutes = sum(each.minutes for each in facts.runbook.post_incident.agenda)
    until = review_deadline(facts)
    if not minutes or until is None:
        return None
    planned, latest = planned_review(facts), (until - timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    return Meeting(planned or latest, minutes, planned is not None)


def agenda(facts: Facts, held: Meeting) -> Document:
    """Return the agenda, each topic with the minutes from its begin to its end."""
    subject = f"Agenda: review of {facts.opened.id}, {facts.opened.title}"
    when = f"{to_minute(held.begins)}, {held.minutes:g} minutes"
    blocks = (
        Title(subject, 1),
        words(when, *_unplanned(facts, held)),
        Title("Participants", 2),
        bullets(*participants(facts)),
        Title("Topics", 2),
        Table(HEADER, tuple(_rows(facts))),
    )
    return Document("agenda", subject, (), blocks)


def _unplanned(facts: Facts, held: Meeting) -> tuple[str, ...]:
    within = facts.runbook.post_incident.review_within
    return () if held.planned else (UNPLANNED.format(within=f"{within[:1].lower()}{within[1:]}"),)


def _rows(facts: Facts) -> Iterator[tuple[str, ...]]:
    begins = 0.0
    for each in facts.runbook.post_incident.agenda:
        ends = begins + each.minutes
        yield f"{begins:g} to {ends:g}", each.name, "; ".join(each.points)
        begins = ends


def invitation(facts: Facts, held: Meeting) -> bytes:
    """Return the meeting as an iCalendar file; it is tentative until a person has chosen the time."""
    event = Event()
    event.add("uid", f"{facts.opened.id}.review@drills.invalid")
    event.add("dtstamp", facts.at.replace(microsecond=0))
    event.add("dtstart", held.begins)
    event.add("duration", timedelta(minutes=held.minutes))
    event.add("summary", f"Post-incident review: {facts.opened.id}, {facts.opened.title}")
    event.add("description", "\n".join(_description(facts, held)))
    event.add("status", "CONFIRMED" if held.planned else "TENTATIVE")
    calendar = Calendar()
    calendar.add("prodid", "-//drills//incident//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _description(facts: Facts, held: Meeting) -> Iterator[str]:
    if facts.opened.about:
        yield facts.opened.about
    yield from _unplanned(facts, held)
    yield f"Participants: {'; '.join(participants(facts))}"
    yield from (f"Minutes {minutes}: {topic}" for minutes, topic, _ in _rows(facts))
