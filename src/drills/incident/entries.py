"""The lines of an incident's file: each says what happened, when, and who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from drills.incident.times import moment
from drills.record.format import Recorded, parse
from drills.record.head import Runbook

if TYPE_CHECKING:
    from datetime import datetime

FORMAT = 1
"""The version of the file that this package writes and reads."""
Time = Annotated[str, AfterValidator(lambda text: moment(text).isoformat())]
Words = Annotated[str, Field(min_length=1)]


class Topic(StrEnum):
    """What a note is about: each is a field of some template, or a row of the review's timeline."""

    OBSERVATION = "observation"
    ALERT = "alert"
    INVESTIGATION = "investigation"
    ROOT_CAUSE = "root cause"
    ACTION = "action"
    MITIGATION = "mitigation"
    RECOVERY = "recovery"
    ISSUE = "issue"
    USERS = "affected users"
    SERVICES = "affected services"
    IMPACT = "user impact"
    FUNCTION = "broken function"
    SYSTEM = "system name"
    ESTIMATE = "estimated resolution"
    NEXT = "next step"
    COMMANDER = "commander"
    RESPONDER = "responder"
    FACTOR = "contributing factor"
    WELL = "went well"
    IMPROVE = "could be better"
    LESSON = "lesson"
    PREVENTION = "prevention"
    MEETING = "review meeting"
    ITEM = "action item"
    EVIDENCE = "evidence"


class Entry(Recorded):
    """A line of the file."""

    at: Time = Field(description="when it happened, ISO 8601, UTC")
    by: str = Field(default="", description="who wrote it; empty: not said")

    @property
    def when(self) -> datetime:
        """When it happened."""
        return moment(self.at)


class Opened(Entry):
    """The first line: what the incident is."""

    kind: Literal["opened"] = "opened"
    format: Literal[1] = Field(description="the version of this file")
    id: str = Field(description="INC-YYYY-MM-DD-NNN: the day it began, and its number on that day")
    origin: Literal["real", "drill", "checks"] = Field(description="where its facts are from")
    title: Words = Field(description="what is wrong, in a few words")
    started: Time = Field(description="when it began, ISO 8601, UTC")
    severity: str | None = Field(default=None, description="the declared level; null: none was declared")
    because: str = Field(default="", description="why that level was declared; empty: not said")
    chapter: int | None = Field(default=None, description="the incident's number in the runbook; null: not said")
    about: str = Field(default="", description="a sentence that stands above every document; empty: none")
    source: str = Field(default="", description="the record that it was made from; empty: none")
    source_sha256: str = Field(default="", description="the SHA-256 of that record; empty: none")
    runbook: Runbook = Field(description="the edition of the runbook")


class Measured(Entry):
    """A value that was measured during the incident, which may decide its severity."""

    kind: Literal["measured"] = "measured"
    quantity: str = Field(
        description="what was measured, in the runbook's kinds, or `losses`; of another alert `alert` and its name"
    )
    value: float | None = Field(description="the worst value in base units; null: only that its alert was firing")
    text: Words = Field(description="the same in words")
    alert: str = Field(default="", description="the alert that says so; empty: none")


class Note(Entry):
    """What a person wrote down, or a record says."""

    kind: Literal["note"] = "note"
    about: Topic = Field(description="what it is about")
    text: Words = Field(description="the note")
    owner: str = Field(default="", description="of an action item: the role that owns it")
    priority: str = Field(default="", description="of an action item: its priority")
    point: str = Field(default="", description="of evidence: words of the point that it proves")


class Update(Entry):
    """A status update that was sent."""

    kind: Literal["update"] = "update"
    text: Words = Field(description="what is new")
    status: str = Field(default="", description="the status from now on; empty: as before")
    severity: str | None = Field(default=None, description="the level from now on; null: as before")


class Escalated(Entry):
    """More people were asked for."""

    kind: Literal["escalated"] = "escalated"
    role: Words = Field(description="the role that was asked")
    text: Words = Field(description="why")


class Resolved(Entry):
    """The incident is over."""

    kind: Literal["resolved"] = "resolved"
    text: Words = Field(description="what ended it")


AnyEntry = Annotated[Opened | Measured | Note | Update | Escalated | Resolved, Field(discriminator="kind")]
_LINE: TypeAdapter[AnyEntry] = TypeAdapter(AnyEntry)


def read_entry(line: bytes, where: str) -> AnyEntry:
    """Read one line; raises RecordError, which names *where* it stands and the first wrong field."""
    return parse(_LINE, line, where, tagged=True)


@dataclass(frozen=True)
class Made:
    """The lines of an incident that has no id yet."""

    opened: Opened
    entries: tuple[AnyEntry, ...] = ()

    @property
    def began(self) -> datetime:
        """When the incident began."""
        return moment(self.opened.started)

    def lines(self, identity: str) -> tuple[AnyEntry, ...]:
        """Return the lines of the incident with this id."""
        return (self.opened.model_copy(update={"id": identity}), *self.entries)
