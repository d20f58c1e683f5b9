"""What another edition of a row showed: `outcome.json` beside its record, and the table of a run's editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, TypeAdapter

from drills.common.files import write_text
from drills.record.format import Recorded, parse, read_text
from drills.record.verdicts import Lasting, Verdict

if TYPE_CHECKING:
    from pathlib import Path

OUTCOME = "outcome.json"
FOLDER = "editions"


class EditionOutcome(Recorded):
    """An edition of one row, held without a placebo beside it."""

    run: str = Field(description="the id of the run")
    cause: str = Field(description="the cause's id in the runbook")
    edition: str = Field(description="the edition's name")
    why: str = Field(description="what it should show, or the line that it leaves out")
    verdict: Verdict = Field(description="what the judge says of this arm alone")
    reason: str = Field(description="why, in one sentence")
    lasting: Lasting | None = Field(description="whether the recovery lasted; null: that was not tried")
    unexpected: str | None = Field(description="why this is not as expected; null: it is")


ADAPTER: TypeAdapter[EditionOutcome] = TypeAdapter(EditionOutcome)


def write_outcome(folder: Path, outcome: EditionOutcome) -> None:
    """Write the outcome beside the record of the edition."""
    write_text(folder / OUTCOME, outcome.model_dump_json(indent=2) + "\n")


def outcomes(output: Path, run: str) -> list[EditionOutcome]:
    """Return the outcomes of this run's editions, in the order of causes; raises RecordError for a torn one."""
    paths = sorted((output / FOLDER).glob(f"*/{OUTCOME}"))
    found = [parse(ADAPTER, read_text(path), str(path)) for path in paths]
    return sorted((each for each in found if each.run == run), key=lambda each: (_number(each.cause), each.edition))


def _number(cause: str) -> list[int]:
    return [int(part) for part in cause.split(".")]
