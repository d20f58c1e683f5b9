"""What a run knows of itself and no record says: its system, its commit, and why causes were not drilled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field, TypeAdapter

from drills.common.files import write_text
from drills.record.format import Recorded, RecordError, parse, read_text

if TYPE_CHECKING:
    from pathlib import Path

RUN_FACTS: Final = "run.json"


class RunFacts(Recorded):
    """The facts of one run; written at its end, and true of the records with the same id alone."""

    schema_version: Literal[1] = Field(default=1, alias="schema", description="the version of this file's form")
    run: str = Field(description="the id of the run, which all its records share")
    system: str | None = Field(description="the stack that was drilled, by its descriptor's name; null: it has none")
    commit: str | None = Field(description="the commit of the suite, -dirty where files were changed; null: no git")
    not_drilled: dict[str, str] = Field(description="for each cause without a verdict, why it has none")


_FILE: TypeAdapter[RunFacts] = TypeAdapter(RunFacts)


def write_run_facts(output: Path, facts: RunFacts) -> Path:
    """Write *facts* into *output*, whole or not at all."""
    return write_text(output / RUN_FACTS, facts.model_dump_json(by_alias=True, indent=2) + "\n")


def read_run_facts(output: Path) -> RunFacts | None:
    """Return the facts of the run in *output*; None where it left none. Raises RecordError for a malformed file."""
    path = output / RUN_FACTS
    return parse(_FILE, read_text(path), RUN_FACTS) if path.exists() else None


def facts_of(output: Path, runs: frozenset[str | None]) -> tuple[RunFacts | None, str]:
    """Return the facts that are true of the records of *runs*, and a sentence where those on disk are not used."""
    try:
        facts = read_run_facts(output)
    except RecordError as error:
        return None, f"{error} So the system and its commit are not named."
    if facts is None or facts.run in runs:
        return facts, ""
    return None, f"{RUN_FACTS}: left out, because it is of another run than these records."
