"""Every kind of event in a drill's record, and those of what a drill does; what it measures is in `measurements`.

`t` is in seconds since the drill began, as are all times of events.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from drills.record.format import Recorded, parse
from drills.record.head import Count, Drill, Event, Seconds
from drills.record.measurements import (
    AlertChange,
    Check,
    Confirm,
    Instruments,
    KeyMetric,
    Machine,
    OtherAlert,
    OutOfMemory,
    Part,
    Sample,
    SecondChannel,
    Traffic,
    UnseenAlerts,
)

REQUESTS_FAILED = "requests failed"
"""The one kind of loss that this package counts itself: a failed request promised nothing, it is the incident."""


class Undo(Event):
    """How the fault is taken away, on disk before it is injected."""

    kind: Literal["undo"] = "undo"
    lines: tuple[str, ...] = Field(description="the command lines for what healing the system does not restore")


class Phase(Event):
    """The begin or the end of a phase."""

    kind: Literal["phase"] = "phase"
    name: str = Field(description="the phase's name")
    event: Literal["begin", "end"] = Field(description="which of the two")
    ok: bool | None = Field(description="whether it ended well; null at its begin")
    note: str | None = Field(description="why it did not end well")


MilestoneName = Literal[
    "injected",
    "confirmed",
    "firing",
    "acted",
    "resolved",
    "recovered",
    "watched",
    "settled",
    "load again",
    "restart again",
]


class Milestone(Event):
    """A moment from which the judge counts."""

    kind: Literal["milestone"] = "milestone"
    name: MilestoneName = Field(description="which moment")


class RanCommand(Event):
    """A command line that was typed at the system."""

    kind: Literal["command"] = "command"
    purpose: Literal["diagnose", "resolve", "placebo", "verify", "restart", "undo"] = Field(description="what for")
    when: Literal["normal", "abnormal"] | None = Field(
        default=None, description="for an investigation: in the steady state, or during the fault"
    )
    line: int = Field(description="its line in the runbook; 0: it is not documented")
    text: str = Field(description="the command line")
    stdin: str | None = Field(default=None, description="what it was given to read")
    exit: int | None = Field(description="its exit code; null: it had none")
    seconds: Seconds = Field(description="how long it took, in seconds")
    output: str = Field(description="what it printed, the last 64 KiB of it, secrets masked")


class Loss(Recorded):
    """How much of one kind the clients lost."""

    kind: str = Field(description="the kind, in the words that follow its count in a report")
    count: Count | None = Field(description="how much was lost; null: it was not counted")
    of: Count | None = Field(description="how much there was to lose; null: that cannot be counted")
    promised: bool = Field(description="whether the clients were promised to keep it; otherwise it is the incident's")


class End(Recorded):
    """How many of what the clients held ended in one way: the losses are computed from these."""

    what: str = Field(description="what ended, such as jobs")
    end: str = Field(description="how it ended")
    count: Count = Field(description="how many of them ended so")
    loss: str | None = Field(description="the kind of loss that this end is; null: none")


class Ledger(Event):
    """What the clients were promised, and what came of it."""

    kind: Literal["ledger"] = "ledger"
    losses: tuple[Loss, ...] = Field(description="what was lost, each kind once")
    ends: tuple[End, ...] = Field(default=(), description="how what was promised ended, those without any included")
    unfinished: tuple[str, ...] = Field(default=(), description="the ids of what was promised and has no end")

    def loss(self, kind: str) -> Loss | None:
        """Return what is said of one kind of loss, or None."""
        return next((loss for loss in self.losses if loss.kind == kind), None)


class Residue(Event):
    """What the drill left behind."""

    kind: Literal["residue"] = "residue"
    items: tuple[str, ...] = Field(description="a sentence for each thing that is not as before")


class Failure(Event):
    """What went wrong inside the drill."""

    kind: Literal["error"] = "error"
    phase: str = Field(description="where it went wrong")
    text: str = Field(description="what went wrong")


class DurabilityStage(Event):
    """Whether the recovery held under the same load again, or after a restart."""

    kind: Literal["durability"] = "durability"
    stage: Literal["load", "restart"] = Field(description="what was done")
    held: bool | None = Field(description="whether the metric held its target; null: that cannot be said")
    seen: str = Field(description="what was seen")
    watched_s: Seconds | None = Field(default=None, description="how long it was watched, in seconds")
    needed_s: Seconds | None = Field(
        default=None, description="how long the fault would need to show, and half more, in seconds"
    )


KINDS = (
    Drill,
    Undo,
    Phase,
    Milestone,
    Sample,
    AlertChange,
    OtherAlert,
    KeyMetric,
    Part,
    Instruments,
    SecondChannel,
    UnseenAlerts,
    Traffic,
    Machine,
    OutOfMemory,
    RanCommand,
    Confirm,
    Check,
    Ledger,
    Residue,
    Failure,
    DurabilityStage,
)
AnyEvent = Annotated[
    Drill
    | Undo
    | Phase
    | Milestone
    | Sample
    | AlertChange
    | OtherAlert
    | KeyMetric
    | Part
    | Instruments
    | SecondChannel
    | UnseenAlerts
    | Traffic
    | Machine
    | OutOfMemory
    | RanCommand
    | Confirm
    | Check
    | Ledger
    | Residue
    | Failure
    | DurabilityStage,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def parse_event(line: str | bytes, where: str) -> AnyEvent:
    """Read one line of a record; raises RecordError, which names *where* it stands and the first wrong field."""
    return parse(EVENT, line, where, tagged=True)
