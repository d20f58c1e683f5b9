"""What the first event of a record is made of, and the kinds of numbers in all of them."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from drills.record.format import Recorded
from drills.record.symptom import SymptomChange


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
