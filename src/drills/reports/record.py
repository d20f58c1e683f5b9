"""A drill's recorded history as typed, frozen values. Times are seconds since the drill began, monotonic."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from drills.reports.json_fields import Fields, RecordError, parse_object, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HISTORY = "history.jsonl"


@dataclass(frozen=True)
class Limit:
    """A level of the metric: *op* as in ``< 50``, *value* in base units (ratio, seconds, a count)."""

    op: str
    value: float
    text: str


@dataclass(frozen=True)
class Runbook:
    """Which edition of the runbook was drilled."""

    file: str
    sha256: str


@dataclass(frozen=True)
class Drill:
    """What was drilled: the first line of a history. *at* is the wall clock of its start, ISO 8601."""

    at: str
    cause: str
    cause_name: str
    arm: str
    alert: str
    quantity: str
    unit: str
    target: Limit | None
    threshold: Limit | None
    time_scale: float
    runbook: Runbook


@dataclass(frozen=True)
class Phase:
    """A phase of the frame; *end_s* is None when the record stops inside it."""

    name: str
    begin_s: float
    end_s: float | None


@dataclass(frozen=True)
class Sample:
    """The metric as Prometheus evaluated it; *value* None means no data."""

    t_s: float
    value: float | None


@dataclass(frozen=True)
class Transition:
    """The incident's alert went to *state* (inactive, pending or firing)."""

    t_s: float
    state: str


@dataclass(frozen=True)
class History:
    """Everything a chart needs of one drill. *torn* says that the last line was cut off and left out."""

    drill: Drill
    phases: tuple[Phase, ...]
    samples: tuple[Sample, ...]
    transitions: tuple[Transition, ...]
    moments: Mapping[str, float]
    end_s: float
    torn: bool


@dataclass
class _Collected:
    """What the lines have said so far."""

    phases: list[Phase] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    moments: dict[str, float] = field(default_factory=dict)
    end_s: float = 0.0

    def add(self, line: Fields) -> None:
        """Take in one line; kinds that no report draws only move the end of the record."""
        t_s = line.number("t")
        self.end_s = max(self.end_s, t_s)
        match line.text("kind"):
            case "phase":
                self._phase(line.text("name"), line.text("event"), t_s)
            case "sample":
                self.samples.append(Sample(t_s, line.maybe_number("value")))
            case "alert":
                self.transitions.append(Transition(t_s, line.text("to")))
            case "milestone":
                self.moments.setdefault(line.text("name"), t_s)

    def _phase(self, name: str, event: str, t_s: float) -> None:
        if event == "begin":
            self.phases.append(Phase(name, t_s, None))
            return
        for index, phase in enumerate(self.phases):
            if phase.name == name and phase.end_s is None:
                self.phases[index] = Phase(name, phase.begin_s, t_s)


def read_history(folder: Path) -> History:
    """Read the whole history of the drill in *folder*.

    A last line that lacks its newline and does not parse was cut off by a kill: it is left out and *torn*
    is set.
    Raises RecordError, with the line, for anything else that is malformed.
    """
    path = folder / HISTORY
    text = read_text(path)
    *whole, rest = text.split("\n")
    lines = [(number, line) for number, line in enumerate(whole, start=1) if line.strip()]
    torn = _is_torn(rest)
    if rest and not torn:
        lines.append((len(whole) + 1, rest))
    drill = _drill(_head(lines[0][1] if lines else "", path))
    collected = _Collected()
    for number, line in lines:
        collected.add(parse_object(line, f"{path}:{number}"))
    return History(
        drill=drill,
        phases=tuple(collected.phases),
        samples=tuple(collected.samples),
        transitions=tuple(collected.transitions),
        moments=MappingProxyType(collected.moments),
        end_s=collected.end_s,
        torn=torn,
    )


def _is_torn(rest: str) -> bool:
    if not rest:
        return False
    try:
        parse_object(rest, "")
    except RecordError:
        return True
    return False


def _head(line: str, path: Path) -> Fields:
    if not line.strip():
        raise RecordError(f'{path}:1: expected a first line of kind "drill", found an empty file.')
    head = parse_object(line, f"{path}:1")
    if head.text("kind") != "drill":
        raise RecordError(f'{path}:1: expected a first line of kind "drill", found "{head.text("kind")}".')
    return head


def _drill(head: Fields) -> Drill:
    return Drill(
        at=head.text("at"),
        cause=head.text("cause"),
        cause_name=head.text("cause_name"),
        arm=head.text("arm"),
        alert=head.text("alert"),
        quantity=head.text("quantity"),
        unit=head.text("unit"),
        target=_limit(head.maybe_inner("target")),
        threshold=_limit(head.maybe_inner("threshold")),
        time_scale=head.number("time_scale"),
        runbook=runbook_of(head.inner("runbook")),
    )


def runbook_of(fields: Fields) -> Runbook:
    """Read ``{"file","sha256"}``."""
    return Runbook(file=fields.text("file"), sha256=fields.text("sha256"))


def _limit(fields: Fields | None) -> Limit | None:
    if fields is None:
        return None
    return Limit(op=fields.text("op"), value=fields.number("value"), text=fields.text("text"))
