"""Which status update was due when, by the severity's own rhythm, and which came late or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from drills.incident.entries import Update
from drills.incident.severity import decided
from drills.incident.times import exact, length

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from drills.incident.facts import Facts


@dataclass(frozen=True)
class DueUpdate:
    """The status update number *number*: when it was due, and when it was sent; None: no rhythm, or not sent."""

    number: int
    due: datetime | None
    sent: Update | None

    @property
    def at(self) -> datetime:
        """The moment of its facts: when it was sent, or should have been."""
        found = self.sent.when if self.sent else self.due
        assert found is not None
        return found

    @property
    def late(self) -> bool:
        """Whether it was not sent until it was due."""
        return self.due is not None and (self.sent is None or self.sent.when > self.due)

    @property
    def said(self) -> str:
        """How it came, in words."""
        if self.sent is None:
            return "not recorded as sent"
        if self.due is None:
            return f"sent at {exact(self.sent.when)}; none was due"
        late = self.sent.when - self.due
        if late > timedelta(0):
            return f"late by {length(late)}, at {exact(self.sent.when)}"
        return f"in time, at {exact(self.sent.when)}"


def every(facts: Facts) -> timedelta | None:
    """Return the time between two updates at the severity of *facts*; None where its level asks for none."""
    seconds = decided(facts).severity.update_every_s
    return timedelta(seconds=seconds) if seconds else None


def due_updates(facts: Facts) -> tuple[DueUpdate, ...]:
    """Return each update that was due or sent, from the opening to the resolution or the moment of *facts*.

    One is due a rhythm after the one before it, or after the moment at which that one was due and did not come.
    """
    return tuple(DueUpdate(number, due, sent) for number, (due, sent) in enumerate(_walk(facts), start=1))


def _walk(facts: Facts) -> Iterator[tuple[datetime | None, Update | None]]:
    waiting, last, end = facts.of(Update), facts.opened.when, facts.ended or facts.at
    while True:
        rhythm = every(facts.until(last))
        sent = waiting[0] if waiting else None
        due = last + rhythm if rhythm else None
        missed = due is not None and rhythm is not None and (sent is None or sent.when >= due + rhythm)
        if due is not None and missed and (sent is not None or due < end):
            yield due, None
            last = due
        elif sent is not None:
            yield due, sent
            last = waiting.pop(0).when
        else:
            return


def next_due(facts: Facts) -> datetime | None:
    """Return until when the next update is due, counted from the last one; None: none is due, or it is over."""
    if facts.ended is not None:
        return None
    rhythm, sent = every(facts), facts.of(Update)
    last = max([facts.opened.when, *(each.when for each in sent)])
    return last + rhythm if rhythm else None
