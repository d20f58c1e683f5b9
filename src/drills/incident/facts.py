"""What is known of an incident at a moment: read from its file, and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from drills.incident.entries import Note, Opened, Resolved, Topic, Update
from drills.incident.times import moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from drills.incident.entries import AnyEntry, Entry
    from drills.runbook import Runbook

    E = TypeVar("E", bound=Entry)

INVESTIGATING, IDENTIFIED, MITIGATING, RESOLVED = "Investigating", "Identified", "Mitigating", "Resolved"
_STATUS_OF = {
    Topic.INVESTIGATION: INVESTIGATING,
    Topic.ROOT_CAUSE: IDENTIFIED,
    Topic.ACTION: MITIGATING,
    Topic.MITIGATION: MITIGATING,
}


@dataclass(frozen=True)
class Facts:
    """The lines of an incident up to the moment *at*, in the order of their times, beside the runbook."""

    opened: Opened
    entries: tuple[AnyEntry, ...]
    runbook: Runbook
    at: datetime

    def until(self, at: datetime) -> Facts:
        """Return what was known at *at*."""
        return replace(self, entries=tuple(each for each in self.entries if each.when <= at), at=at)

    def of(self, kind: type[E]) -> list[E]:
        """Return the lines of a kind."""
        return [each for each in self.entries if isinstance(each, kind)]

    def notes(self, *topics: Topic) -> list[Note]:
        """Return the notes about any of *topics*."""
        return [each for each in self.of(Note) if each.about in topics]

    def texts(self, *topics: Topic) -> tuple[str, ...]:
        """Return what the notes about any of *topics* say, each sentence once."""
        return tuple(dict.fromkeys(each.text for each in self.notes(*topics)))

    def last(self, topic: Topic) -> str | None:
        """Return the newest note about *topic*, None where there is none."""
        found = self.texts(topic)
        return found[-1] if found else None

    @property
    def started(self) -> datetime:
        """When the incident began."""
        return moment(self.opened.started)

    @property
    def responders(self) -> tuple[str, ...]:
        """Who took part: whom notes name, and who wrote something down."""
        written = [each.by for each in self.entries if each.by]
        return tuple(dict.fromkeys([*self.texts(Topic.RESPONDER), *written]))

    @property
    def resolution(self) -> Resolved | None:
        """What ended it; None where it was open."""
        return next(iter(self.of(Resolved)), None)

    @property
    def ended(self) -> datetime | None:
        """When it was resolved; None where it was open."""
        return self.resolution.when if self.resolution else None

    @property
    def recovered(self) -> datetime | None:
        """When the system was as before, which may be noted apart from the resolution."""
        found = self.notes(Topic.RECOVERY)
        return found[-1].when if found else self.ended

    @property
    def duration(self) -> timedelta:
        """How long it has lasted: to its resolution, or to the moment of these facts."""
        return (self.ended or self.at) - self.started

    @property
    def status(self) -> str:
        """The status by the newest line that tells one; it begins with the investigation."""
        found = INVESTIGATING
        for each in self.entries:
            if isinstance(each, Resolved):
                return RESOLVED
            if isinstance(each, Update):
                found = each.status or found
            elif isinstance(each, Note):
                found = _STATUS_OF.get(each.about, found)
        return found


def facts_of(entries: Sequence[AnyEntry], runbook: Runbook, at: datetime | None = None) -> Facts:
    """Return what *entries*, of which the first opened the incident, say until *at*; None is the last line's time."""
    opened = entries[0]
    assert isinstance(opened, Opened)
    ordered = tuple(sorted(entries, key=lambda each: each.when))
    whole = Facts(opened, ordered, runbook, ordered[-1].when)
    return whole if at is None else whole.until(max(at, opened.when))
