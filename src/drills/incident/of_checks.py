"""Turn a run of checks (`checks.json`) into the lines of an incident: what failed, as each check saw it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from drills.incident.entries import AnyEntry, Made, Note, Opened, Topic
from drills.incident.errors import IncidentError
from drills.incident.times import moment
from drills.record.format import RecordError, parse, read_text
from drills.record.head import Runbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

FILE = "checks.json"
FAILED = "fail"


class _Part(BaseModel):
    # A run's file has more fields than an incident needs.
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Level(_Part):
    id: str
    because: tuple[str, ...]


class _Check(_Part):
    name: str
    incident: int | None
    outcome: str
    expected: str
    seen: str
    where: str
    next_step: str


class _Run(_Part):
    format: Literal[1] = Field(alias="schema")
    target: str
    runbook: Runbook
    started: str
    seconds: float
    severity: _Level | None
    checks: tuple[_Check, ...]

    @property
    def failed(self) -> tuple[_Check, ...]:
        return tuple(each for each in self.checks if each.outcome == FAILED)


_FILE: TypeAdapter[_Run] = TypeAdapter(_Run)


def of_checks(path: Path) -> Made:
    """Read the results of a run; raises IncidentError where they cannot be read, or where nothing failed."""
    try:
        text = read_text(path)
        run = parse(_FILE, text, str(path))
    except RecordError as error:
        raise IncidentError(str(error).rstrip(".")) from None
    if not run.failed or run.severity is None:
        raise IncidentError(f"{path}: no check failed in this run, so there is no incident")
    ended = moment(run.started) + timedelta(seconds=run.seconds)
    opened = _opened(run, run.severity, ended, path.name, hashlib.sha256(text.encode()).hexdigest())
    return Made(opened, tuple(_entries(run, ended)))


def _opened(run: _Run, level: _Level, ended: datetime, source: str, digest: str) -> Opened:
    chapters = [each.incident for each in run.failed if each.incident is not None]
    return Opened(
        at=ended.isoformat(),
        format=1,
        id="",
        origin="checks",
        title=f"{len(run.failed)} of {len(run.checks)} checks of {run.target} failed",
        started=run.started,
        severity=level.id,
        because=f"the checks give this level to what failed: {', '.join(level.because)}",
        chapter=chapters[0] if chapters else None,
        about="This is what a run of checks saw. The failure may have begun earlier: its beginning is said to be "
        "that of the run.",
        source=source,
        source_sha256=digest,
        runbook=run.runbook,
    )


def _entries(run: _Run, ended: datetime) -> Iterator[AnyEntry]:
    def note(about: Topic, text: str) -> Note:
        return Note(at=ended.isoformat(), about=about, text=text)

    yield note(Topic.ALERT, f"{len(run.failed)} of {len(run.checks)} checks of {run.target} failed")
    for each in run.failed:
        yield note(Topic.OBSERVATION, f"{each.name}: expected {each.expected}, saw {each.seen} at {each.where}")
    for address in dict.fromkeys(_host(each.where) for each in run.failed if each.where):
        yield note(Topic.SERVICES, f"what answers at {address}")
    for step in dict.fromkeys(each.next_step for each in run.failed if each.next_step):
        yield note(Topic.NEXT, step)


def _host(where: str) -> str:
    return urlsplit(where).netloc.rpartition("@")[2] or where
