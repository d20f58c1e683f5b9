"""The history of one arm of a drill, as typed and frozen events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from drills.record.events import Milestone, Phase
from drills.record.head import Drill
from drills.record.measurements import Sample

if TYPE_CHECKING:
    from drills.record.events import AnyEvent, MilestoneName
    from drills.record.head import Event

    E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class PhaseSpan:
    """A phase from its begin to its end, in seconds; *end_s* is None when the record stops inside it."""

    name: str
    begin_s: float
    end_s: float | None


@dataclass(frozen=True)
class History:
    """The events in the order in which they were recorded; *torn* says that a last line was cut off and left out."""

    events: tuple[AnyEvent, ...]
    torn: bool = False

    @property
    def head(self) -> Drill:
        """The first event, which says what was drilled. Raises TypeError in a history that has none."""
        head = self.events[0]
        if not isinstance(head, Drill):
            raise TypeError(f"a history begins with what was drilled, and this one with {head!r:.80}")
        return head

    @property
    def end_s(self) -> float:
        """When the last event was recorded, in seconds since the drill began."""
        return max(event.t for event in self.events)

    def of(self, kind: type[E], **facts: object) -> list[E]:
        """Return the events of *kind* that carry these facts."""
        return [
            event
            for event in self.events
            if isinstance(event, kind) and all(getattr(event, name) == fact for name, fact in facts.items())
        ]

    def milestone(self, name: MilestoneName, *, after_s: float = 0.0) -> float | None:
        """Return when a moment first came, at *after_s* seconds or later, or None when it never did."""
        return next((event.t for event in self.of(Milestone, name=name) if event.t >= after_s), None)

    @property
    def milestones(self) -> dict[str, float]:
        """When each moment first came, in seconds."""
        first: dict[str, float] = {}
        for event in self.of(Milestone):
            first.setdefault(event.name, event.t)
        return first

    def samples(self, start_s: float, end_s: float) -> list[tuple[float, float | None]]:
        """Return (time, value) of the metric within the closed interval; None is no data."""
        found = [(sample.t, sample.value) for sample in self.of(Sample)]
        return sorted(((t, value) for t, value in found if start_s <= t <= end_s), key=lambda sample: sample[0])

    @property
    def phases(self) -> tuple[PhaseSpan, ...]:
        """The phases in the order in which they began."""
        spans: dict[str, PhaseSpan] = {}
        for bound in self.of(Phase):
            if bound.event == "begin":
                spans[bound.name] = PhaseSpan(bound.name, bound.t, None)
            elif bound.name in spans:
                spans[bound.name] = PhaseSpan(bound.name, spans[bound.name].begin_s, bound.t)
        return tuple(spans.values())
