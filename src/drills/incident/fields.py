"""What fills each field of a template, by its label; a field that no fact fills needs a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.incident.afterwards import participants, planned_review, review_deadline
from drills.incident.blocks import person
from drills.incident.cadence import every
from drills.incident.entries import Note, Topic, Update
from drills.incident.review import item_rows, shortfalls, timeline_rows
from drills.incident.severity import decided
from drills.incident.template import asks
from drills.incident.times import length, to_minute

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from drills.incident.escalation import Request
    from drills.incident.facts import Facts

TIMELINE = ("time", "event")
GENERIC = re.compile(r"[A-Za-z -]*\d.*|[A-Z]{2,4}|Names?")
"""Hints of a template that say nothing, such as `Action 1`."""


@dataclass(frozen=True)
class Filling:
    """Fills one template from the facts of a moment; *since* is that of the update before, *request* who is called."""

    facts: Facts
    number: int = 0
    since: datetime | None = None
    request: Request | None = None

    def value(self, section: str, label: str, hint: str) -> str:
        """Return what belongs behind *label*; the section matters where a label stands in several."""
        for pattern, found in _VALUES:
            if re.fullmatch(pattern, f"{section}: {label}"):
                return found(self) or person(_hint(hint))
        return person(_hint(hint))

    def items(self, section: str, hints: tuple[str, ...]) -> tuple[str, ...]:
        """Return the points of the list below *section*."""
        for pattern, topics in _LISTS:
            if re.search(pattern, section):
                found = (*self.facts.texts(*topics), *(shortfalls(self.facts) if topics == (Topic.IMPROVE,) else ()))
                eta = [self._eta()] if any("ETA" in hint for hint in hints) else []
                return (*(found or self._empty(section, hints)), *eta)
        return (person(),)

    def _empty(self, section: str, hints: tuple[str, ...]) -> tuple[str, ...]:
        if "action" in section:
            return ("none was written down",)
        return (person(_hint(hints[0]) if hints else ""),)

    def _eta(self) -> str:
        between = every(self.facts)
        if between is None:
            return f"No regular update is asked for at {self.severity}"
        return f"Next update by {to_minute(self.facts.at + between)}"

    def rows(self, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        """Return the rows of a table by its columns: the timeline, the action items, or what a person fills in."""
        columns = tuple(column.lower() for column in header)
        if columns == TIMELINE:
            return timeline_rows(self.facts, rows)
        if columns[:1] == ("action",):
            return item_rows(self.facts, columns, rows)
        return tuple(tuple(person() if asks(cell) else cell for cell in row) for row in rows)

    def inline(self, hint: str) -> str:
        """Return what replaces a placeholder within a sentence, by its words."""
        for pattern, found in _INLINE:
            if re.fullmatch(pattern, hint, re.IGNORECASE):
                return found(self) or person(_hint(hint))
        return person(_hint(hint))

    @property
    def severity(self) -> str:
        """The level's id."""
        return decided(self.facts).severity.id

    def told(self, *topics: Topic) -> str:
        """Return what the notes about *topics* say, as one text."""
        return "; ".join(self.facts.texts(*topics))

    def rhythm(self) -> str:
        """Return the time between two updates in minutes, as the templates ask for it."""
        between = every(self.facts)
        return (
            f"{between.total_seconds() / 60:g} minutes"
            if between
            else f"no regular update is asked for at {self.severity}"
        )

    def progress(self) -> str:
        """Return what is new since the update before: what was sent, else what was written down meanwhile."""
        sent = [each.text for each in self.facts.of(Update) if each.when == self.facts.at]
        new = [each for each in self.facts.notes(*_NEWS) if self.since is None or each.when > self.since]
        return "; ".join(sent or dict.fromkeys(each.text for each in new)) or "nothing was written down since"

    def known(self) -> str:
        """Return what is known: at first all of it, in an update the root cause and the newest."""
        if not self.number:
            return self.told(*_NEWS)
        newest = [each.text for each in self.facts.entries if isinstance(each, Update | Note) and _is_news(each)][-1:]
        return "; ".join(dict.fromkeys((*self.facts.texts(Topic.ROOT_CAUSE), *newest)))

    def impact_length(self) -> str:
        """Return how long users were hit: from the beginning until the system was as before."""
        over = self.facts.recovered
        return length(over - self.facts.started) if over else ""

    def review(self) -> str:
        """Return when the review is: as a person planned it, else until when the runbook wants it."""
        until = review_deadline(self.facts)
        planned = planned_review(self.facts)
        if planned:
            return to_minute(planned)
        return f"{person('date and time')}, by {to_minute(until)} at the latest" if until else ""

    def urgency(self) -> str:
        """Return why it cannot wait: the level's own target."""
        severity = decided(self.facts).severity
        lasted = length(self.facts.duration)
        return f"{severity.id} is to be resolved in {severity.resolution_target}; it has lasted {lasted}"


def _hint(hint: str) -> str:
    return "" if GENERIC.fullmatch(hint) else hint.lower()


_NEWS = (Topic.OBSERVATION, Topic.ALERT, Topic.INVESTIGATION, Topic.ROOT_CAUSE, Topic.ACTION, Topic.MITIGATION)


def _is_news(entry: Update | Note) -> bool:
    return isinstance(entry, Update) or entry.about in _NEWS


def _noted(*topics: Topic) -> Callable[[Filling], str]:
    return lambda filling: filling.told(*topics)


def _issue(filling: Filling) -> str:
    facts = filling.facts
    return "; ".join(facts.texts(Topic.ISSUE)) or facts.opened.title


def _impact(filling: Filling) -> str:
    return filling.told(Topic.USERS, Topic.SERVICES, Topic.IMPACT)


def _responders(filling: Filling) -> str:
    return ", ".join(filling.facts.responders)


def _responder(filling: Filling) -> str:
    return _responders(filling).rpartition(", ")[2]


def _resolution(filling: Filling) -> str:
    return filling.facts.resolution.text if filling.facts.resolution else ""


def _reasons(filling: Filling) -> str:
    return "; ".join(filling.request.reasons) if filling.request else ""


def _status(filling: Filling) -> str:
    return filling.facts.status


_VALUES: tuple[tuple[str, Callable[[Filling], str | None]], ...] = (
    (r".*: incident id", lambda filling: filling.facts.opened.id),
    (r".*: severity", lambda filling: filling.severity),
    (r"impact: duration", Filling.impact_length),
    (r".*: duration", lambda filling: length(filling.facts.duration)),
    (r".*: started", lambda filling: to_minute(filling.facts.started)),
    (r".*: resolved", lambda filling: to_minute(filling.facts.ended) if filling.facts.ended else None),
    (r".*: date", lambda filling: f"{filling.facts.started:%Y-%m-%d}"),
    (r".+: current status|: status|.*: status", _status),
    (r": current status", Filling.known),
    (r".*: (?:issue|situation)", _issue),
    (r".*: (?:affected users|users affected)", lambda filling: filling.facts.last(Topic.USERS)),
    (r".*: (?:affected services|services affected)", _noted(Topic.SERVICES)),
    (r".*: user-facing impact", lambda filling: filling.facts.last(Topic.IMPACT)),
    (r".*: impact", _impact),
    (r".*: actions taken", lambda filling: "; ".join(filling.items("actions", ()))),
    (r".*: reason for escalation", _reasons),
    (r".*: requesting", lambda filling: filling.request.role if filling.request else None),
    (r".*: urgency", Filling.urgency),
    (r".*: current responder", _responder),
    (r".*: incident commander", lambda filling: filling.facts.last(Topic.COMMANDER)),
    (r".*: responders", _responders),
    (r".*: next update in", Filling.rhythm),
    (r".*: estimated resolution", lambda filling: filling.facts.last(Topic.ESTIMATE) or "Unknown"),
    (r".*: scheduled for", Filling.review),
    (r".*: participants", lambda filling: "; ".join(participants(filling.facts))),
    (r".*: progress", Filling.progress),
    (r".*: root cause", _noted(Topic.ROOT_CAUSE)),
    (r".*: resolution", _resolution),
    (r".*: prevention", _noted(Topic.PREVENTION)),
    (r".*: last updated", lambda filling: to_minute(filling.facts.at)),
)
"""What stands behind `section: label`, both in lower case; the first match fills."""
_LISTS: tuple[tuple[str, tuple[Topic, ...]], ...] = (
    (r"action items", (Topic.ITEM,)),
    (r"action", (Topic.ACTION,)),
    (r"next step", (Topic.NEXT,)),
    (r"factor", (Topic.FACTOR,)),
    (r"went well|what worked", (Topic.WELL,)),
    (r"improve", (Topic.IMPROVE,)),
    (r"lesson", (Topic.LESSON,)),
    (r"prevent", (Topic.PREVENTION,)),
)
_INLINE: tuple[tuple[str, Callable[[Filling], str | None]], ...] = (
    (r"INC-.*", lambda filling: filling.facts.opened.id),
    (r"SEV-X", lambda filling: filling.severity),
    (r"#N", lambda filling: f"#{filling.number}"),
    (r"brief description", lambda filling: filling.facts.opened.title),
    (r"(?:service|system|product) name", lambda filling: filling.facts.last(Topic.SYSTEM)),
    (r".*functionality", lambda filling: filling.facts.last(Topic.FUNCTION)),
    (r"[\d/]+", lambda filling: filling.rhythm().removesuffix(" minutes") if every(filling.facts) else None),
    (r"YYYY-MM-DD", lambda filling: f"{filling.facts.started:%Y-%m-%d}"),
)
