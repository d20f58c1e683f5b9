"""A judge's verdict as a typed, frozen value: what ``verdict.json`` of a drill's folder says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.reports.json_fields import Fields, RecordError, read_object
from drills.reports.record import Runbook, runbook_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

VERDICT = "verdict.json"
KNOWN = ("CONFIRMED", "CONFIRMED_WITH_LOSS", "REFUTED", "SPONTANEOUS", "INVALID", "UNKNOWN", "DIRTY")
RECOVERED = ("CONFIRMED", "CONFIRMED_WITH_LOSS")
ARMS = DOCUMENTED, ORIGINAL, PLACEBO = ("documented", "original", "placebo")
"""In the order of reading: our solution, the one first documented (only where it is a finding), and none at all."""
CURE, RELIEF = "cure", "relief"
LASTING = (CURE, RELIEF, "unknown")
LOSSES = ("jobs", "duplicates", "sessions", "rows", "requests_failed")


@dataclass(frozen=True)
class Command:
    """A documented command that was run: its line in the runbook, exit code and duration."""

    line: int
    text: str
    exit: int | None
    seconds: float | None


@dataclass(frozen=True)
class Durability:
    """Whether a recovery lasts: one of LASTING, and what was seen under the same load again and after a restart."""

    verdict: str
    load: str
    restart: str


@dataclass(frozen=True)
class Symptom:
    """The reading of the investigation that should prove the cause; *proved* is None while it was not taken."""

    command: str
    pattern: str
    change: str
    proved: bool | None
    normal: str
    abnormal: str


@dataclass(frozen=True)
class Verdict:
    """One arm of one cause, judged.

    Times are seconds (None: never reached), *ttr_s* counts from the first command of the solution; *losses* has a
    count for each kind, None where it was not measured. *evidence* is the drill's folder, relative to the output
    folder. Older records have no *finding* or *solution* (then empty), no *durability* and no *sign*.
    """

    cause: str
    cause_name: str
    incident: int
    incident_name: str
    arm: str
    verdict: str
    expected: str
    alert: str
    ttd_s: float | None
    ttr_s: float | None
    action_s: float | None
    documented_minutes: tuple[float, float]
    losses: tuple[tuple[str, int | None], ...]
    commands: tuple[Command, ...]
    reason: str
    time_scale: float
    runbook: Runbook
    evidence: str
    finding: str
    solution: str
    durability: Durability | None
    symptom: Symptom | None


def read_verdict(folder: Path) -> Verdict:
    """Read the verdict of the drill in *folder*; raises RecordError when it is missing or malformed."""
    fields = read_object(folder / VERDICT)
    losses = fields.inner("losses")
    return Verdict(
        cause=fields.text("id"),
        cause_name=fields.text("cause"),
        incident=fields.whole("incident"),
        incident_name=fields.text("incident_name"),
        arm=_known(fields, "arm", ARMS),
        verdict=_known(fields, "verdict", KNOWN),
        expected=_known(fields, "expected_verdict", KNOWN),
        alert=fields.text("alert"),
        ttd_s=fields.maybe_number("ttd_s"),
        ttr_s=fields.maybe_number("ttr_s"),
        action_s=fields.maybe_number("action_s"),
        documented_minutes=fields.pair("documented_minutes"),
        losses=tuple((kind, losses.maybe_whole(kind)) for kind in LOSSES),
        commands=tuple(_command(entry) for entry in fields.objects("commands")),
        reason=fields.text("reason"),
        time_scale=fields.number("time_scale"),
        runbook=runbook_of(fields.inner("runbook")),
        evidence=fields.text("evidence"),
        finding=fields.maybe_text("finding") or "",
        solution=fields.maybe_text("solution") or "",
        durability=_durability(fields.maybe_inner("durability")),
        symptom=_sign(fields.maybe_inner("symptom")),
    )


def _known(fields: Fields, name: str, words: Sequence[str]) -> str:
    value = fields.text(name)
    if value not in words:
        raise RecordError(f'{fields.where}: expected "{name}" to be one of {", ".join(words)}, found "{value}".')
    return value


def _durability(fields: Fields | None) -> Durability | None:
    if fields is None:
        return None
    return Durability(_known(fields, "verdict", LASTING), fields.text("load"), fields.text("restart"))


def _sign(fields: Fields | None) -> Symptom | None:
    if fields is None:
        return None
    return Symptom(
        command=fields.text("command"),
        pattern=fields.text("pattern"),
        change=fields.text("change"),
        proved=fields.maybe_flag("proved"),
        normal=fields.text("normal"),
        abnormal=fields.text("abnormal"),
    )


def _command(fields: Fields) -> Command:
    return Command(
        line=fields.whole("line"),
        text=fields.text("text"),
        exit=fields.maybe_whole("exit"),
        seconds=fields.maybe_number("seconds"),
    )
