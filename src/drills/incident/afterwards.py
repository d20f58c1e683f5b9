"""What follows an incident, from the runbook's own times: the review, its agenda and participants, the follow-ups."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.incident.entries import Topic
from drills.incident.severity import decided, worst_first
from drills.incident.times import deadline, moment

if TYPE_CHECKING:
    from datetime import datetime

    from drills.incident.facts import Facts
    from drills.runbook.model import FollowUp

_HIGH = re.compile(r"\bhigh[- ]priority\b|\bhigh(?:est)? priority\b|\bpriority\b.*\bhigh\b", re.IGNORECASE)
_ALL_ITEMS = re.compile(r"\baction items?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Due:
    """A follow-up of the runbook, and until when; None where the runbook or the record gives no time."""

    work: FollowUp
    until: datetime | None


def participants(facts: Facts) -> tuple[str, ...]:
    """Return who takes part in the review; one whom the runbook names for some levels only at these."""
    levels = [each.id for each in worst_first(facts.runbook)]
    now = decided(facts).severity.id
    found = []
    for each in facts.runbook.post_incident.participants:
        asked = [level for level in levels if re.search(rf"\b{re.escape(level)}\b", each)]
        if not asked or now in asked:
            found.append(each)
    return tuple(found)


def planned_review(facts: Facts) -> datetime | None:
    """Return when a person planned the review, None where nobody did."""
    noted = facts.last(Topic.MEETING)
    return moment(noted) if noted else None


def review_deadline(facts: Facts) -> datetime | None:
    """Return until when the review has to be, counted from the resolution."""
    return deadline(facts.runbook.post_incident.review_within, facts.ended) if facts.ended else None


def first_steps_deadline(facts: Facts) -> datetime | None:
    """Return until when the first steps after the resolution have to be done."""
    return deadline(facts.runbook.post_incident.first_steps_within, facts.ended) if facts.ended else None


def follow_ups(facts: Facts) -> tuple[Due, ...]:
    """Return the follow-ups in the runbook's order, each with its date, counted from the resolution."""
    return tuple(
        Due(work, deadline(work.deadline, facts.ended) if facts.ended else None)
        for work in facts.runbook.post_incident.follow_ups
    )


def item_deadline(facts: Facts, priority: str) -> datetime | None:
    """Return until when an action item has to be done: with the follow-up that speaks of its priority."""
    dues = [each for each in follow_ups(facts) if any(_ALL_ITEMS.search(text) for text in _texts(each.work))]
    high = [each for each in dues if any(_HIGH.search(text) for text in _texts(each.work))]
    chosen = high if priority.lower() == "high" else [each for each in dues if each not in high]
    return chosen[0].until if chosen else None


def _texts(work: FollowUp) -> tuple[str, ...]:
    return (work.name, *work.points)
