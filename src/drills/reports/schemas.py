"""JSON Schemas of the JSON that drills write, made from the models that read it where there is one."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field, TypeAdapter

from drills.record.arm_verdict import ArmVerdict
from drills.record.edition_outcome import EditionOutcome
from drills.record.events import AnyEvent
from drills.record.evidence_strength import EvidenceStrength
from drills.record.format import Recorded
from drills.record.head import Runbook, Seconds
from drills.record.placebo_watch import PlaceboWatch
from drills.record.verdicts import Arm, Lasting, Verdict
from drills.reports.collect import PART, CoverageFile
from drills.reports.history import Line

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class TypedCommand(Recorded):
    """A command of a solution, as `verification.json` has it."""

    line: int
    text: str
    exit: int | None
    seconds: float | None


class Row(Recorded):
    """An arm of a row of the runbook in `verification.json`; null where a moment never came."""

    id: str
    incident: int
    cause: str
    arm: Arm
    verdict: Verdict
    alert: str
    ttd_s: Seconds | None
    ttr_s: Seconds | None
    action_s: Seconds | None
    documented_minutes: tuple[float, float]
    losses: dict[str, int | None]
    commands: tuple[TypedCommand, ...]
    evidence: str
    evidence_strength: EvidenceStrength | None
    watch: PlaceboWatch | None
    settled_s: Seconds | None


class Verification(Recorded):
    """The file `verification.json`."""

    version: Literal[1] = Field(alias="schema")
    time_scale: float
    runbook: Runbook
    rows: tuple[Row, ...]


class MergedShard(Recorded):
    """A folder that was merged, as `merge.json` names it."""

    folder: str
    parts: tuple[str, ...] = Field(description=f"the parts of a run that it is, each as {PART}; empty: a whole run")
    first_at: str
    last_at: str
    rows: tuple[str, ...]


class MergedArm(Recorded):
    """What a folder says of an arm."""

    arm: Arm
    verdict: Verdict
    lasting: Lasting | None


class Contradiction(Recorded):
    """What a folder says of a row that another one contradicts."""

    folder: str
    arms: tuple[MergedArm, ...]


class Unexpected(Recorded):
    """An arm that is not as the suite expects."""

    cause: str
    arm: Arm
    verdict: Verdict


class MergeFile(Recorded):
    """The file `merge.json`."""

    version: Literal[1] = Field(alias="schema")
    whole: bool
    shards: tuple[MergedShard, ...]
    missing_shards: tuple[str, ...]
    not_judged: tuple[str, ...]
    not_drilled: tuple[str, ...]
    twice: dict[str, tuple[str, ...]]
    contradictions: dict[str, tuple[Contradiction, ...]]
    unexpected: tuple[Unexpected, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]


MODELS: Final[dict[str, TypeAdapter[Any]]] = {
    "history.jsonl": TypeAdapter(AnyEvent),
    "verdict.json": TypeAdapter(ArmVerdict),
    "outcome.json": TypeAdapter(EditionOutcome),
    "coverage.json": TypeAdapter(CoverageFile),
    "verification.json": TypeAdapter(Verification),
    "merge.json": TypeAdapter(MergeFile),
    "drills-history.jsonl": TypeAdapter(Line),
}
"""By the name of the file; of JSON lines it is the schema of each line."""


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of the file *name*; raises KeyError for one that drills do not write."""
    return {"$schema": DIALECT} | MODELS[name].json_schema(by_alias=True) | {"title": name}
