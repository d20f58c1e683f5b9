"""The first event of a record and what it is made of, what all events have, and the kinds of numbers in them."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from drills.record.format import Recorded
from drills.record.symptom import SymptomChange
from drills.record.verdicts import Arm, Lasting, Verdict


def _no_data(value: object) -> object:
    """Turn a value that is not finite into None: NaN is how Prometheus says that there is nothing to divide."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


Seconds = Annotated[float, Field(ge=0)]
Value = Annotated[float | None, BeforeValidator(_no_data)]
Count = Annotated[int, Field(ge=0)]


class Limit(Recorded):
    """A level of the metric."""

    op: Literal["<", "<=", ">", ">="] = Field(description="how the metric is compared with the value")
    value: float = Field(description="the level in base units: a ratio, seconds, a count")
    text: str = Field(description="the level as the runbook writes it")


class Runbook(Recorded):
    """Which edition of the runbook was drilled."""

    file: str = Field(description="the file's name")
    sha256: str = Field(description="the SHA-256 of its content, in hexadecimal digits")


class SolutionLine(Recorded):
    """A line of the solution, as the runbook has it."""

    line: int = Field(description="its line in the runbook")
    text: str = Field(description="the command line, secrets masked")
    stdin: str | None = Field(default=None, description="what it is given to read")


class SolutionLines(Recorded):
    """What the arm's solution consists of, read from the runbook before anything was typed."""

    lines: tuple[SolutionLine, ...] = Field(description="the lines, in their order")
    sha256: str = Field(description="the SHA-256 of these lines, in hexadecimal digits")


class SymptomHead(Recorded):
    """The investigation's reading that should prove the cause."""

    command: str = Field(description="a text that only the one investigation command contains")
    pattern: str = Field(description="the regular expression looked for in its output")
    change: SymptomChange = Field(description="how the reading changes when the cause is there")
    line: int = Field(description="the command's line in the runbook")


Place = Literal["verification", "symptom"]


class PromiseHead(Recorded):
    """A sentence of the runbook that promises something of a recovery, and what it is measured by."""

    text: str = Field(description="the sentence")
    line: int = Field(description="its line in the runbook")
    place: Place = Field(description="where it stands; a symptom has to be gone")
    measure: Literal["metric", "out of memory", "browser sign-in"] | None = Field(
        description="what it is measured by; null: it was not understood"
    )
    sources: tuple[str, ...] = Field(
        default=(), description="the key metrics, or the journeys, that measure it; empty: the incident's metric"
    )
    limit: Limit | None = Field(default=None, description="what is promised; null: that it falls, or is at its target")
    well: bool = Field(default=False, description="whether it has to keep a distance from the limit")
    falls: bool = Field(default=False, description="whether it is promised to fall")
    within_s: Seconds | None = Field(
        default=None, description="how long it may take after the solution, in seconds, scaled; null: it has no time"
    )
    not_judged: str = Field(default="", description="why it is not judged; empty: it is")


class Event(Recorded):
    """Something that happened during a drill."""

    t: float = Field(description="when it happened, in seconds since the drill began, monotonic")


class Drill(Event):
    """The first event: what is drilled, and under which limits."""

    kind: Literal["drill"] = "drill"
    format: Literal[2] = Field(description="the version of this format")
    drills: str = Field(description="the version of the package that wrote the record")
    at: str = Field(description="the wall clock when the drill began, ISO 8601, UTC")
    cause: str = Field(description="the cause's id in the runbook, such as 5.1")
    cause_name: str = Field(description="the cause's name in the runbook")
    incident: int = Field(description="the incident's number in the runbook")
    incident_name: str = Field(description="the incident's name in the runbook")
    arm: Arm = Field(description="which arm of the experiment")
    alert: str = Field(description="the name of the incident's alert")
    quantity: str = Field(description="what the alert measures")
    unit: str = Field(description="the unit of the metric")
    target: Limit = Field(description="the metric's target, which a recovery has to reach")
    threshold: Limit = Field(description="the level at which the alert fires")
    window_s: float | None = Field(description="for how long the alert is documented to pend, in seconds; null: not")
    time_scale: float = Field(description="how many times shorter than documented the windows are")
    quiet_s: Seconds = Field(description="how long no alert fires before the fault, in seconds")
    sustain_s: Seconds = Field(description="how long the metric has to stay at its target, in seconds")
    recover_s: Seconds = Field(description="how long the solution may take to bring the metric back, in seconds")
    documented_minutes: tuple[float, float] = Field(description="the documented time of the solution, in minutes")
    solution: str = Field(description="the documented solution, in the runbook's words")
    expected_verdict: Verdict = Field(description="the verdict that earlier runs established for this arm")
    expected_lasting: Lasting | None = Field(
        default=None, description="whether earlier runs found that the recovery lasts; null: not tried by this arm"
    )
    seed: int | None = Field(default=None, description="what every random draw of the run was made from")
    finding: str = Field(description="what is wrong with the row as first documented; empty: nothing")
    symptom: SymptomHead | None = Field(description="the reading that proves the cause; null: no command has it")
    runbook: Runbook = Field(description="the edition of the runbook")
    run: str | None = Field(
        default=None, description="the id of the run, which all its arms share; null: an old record"
    )
    solution_lines: SolutionLines | None = Field(
        default=None, description="the lines that the runbook has for this arm; null: an old record"
    )
    promises: tuple[PromiseHead, ...] | None = Field(
        default=None, description="what the runbook promises of the recovery; null: an old record"
    )
    rules_out: tuple[SymptomHead, ...] | None = Field(
        default=None,
        description="readings that prove another cause of the incident, so they must not change like this; "
        "null: an old record",
    )
    head_sha256: str | None = Field(
        default=None, description="the SHA-256 of this event's other fields; null: an old record"
    )
