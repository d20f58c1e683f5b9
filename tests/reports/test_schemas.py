"""What drills write is what its JSON Schema says, field by field, and a schema sees what is wrong."""

from __future__ import annotations

import json
import math
import shutil
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from drills.commands.report import main
from drills.reports.collect import collect
from drills.reports.history import as_text
from drills.reports.history_lines import lines_of
from drills.reports.merge import merge
from drills.reports.merged_folder import write_merged
from drills.reports.schemas import MODELS, schema
from drills.reports.verification import write_verification
from tests.helpers.shards import RECORDS, output, retold, shards

if TYPE_CHECKING:
    from pathlib import Path


@cache
def validator(name: str) -> Any:
    """Return what validates a file; the schema itself is looked at once, since a record has thousands of events."""
    kind = jsonschema.validators.validator_for(schema(name))
    kind.check_schema(schema(name))
    return kind(schema(name))


def errors(name: str, value: Any) -> list[str]:
    return [error.message for error in validator(name).iter_errors(value)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Return what a run, its history and a merge write, by the name of the schema."""
    folder = tmp_path_factory.mktemp("schemas")
    run = output(folder / "run")
    again = output(folder / "again", ["6.1"])
    shutil.rmtree(again / "drills" / "6.1-placebo")
    retold(again, "6.1-documented")
    write_verification(collect(run), run)
    write_merged(merge([*shards(folder)[:2], run, again]), folder / "merged")
    texts = {
        "verdict.json": [path.read_text(encoding="utf-8") for path in run.rglob("verdict.json")],
        "history.jsonl": (RECORDS / "6.1-documented" / "history.jsonl").read_text(encoding="utf-8").splitlines()[::20],
        "coverage.json": [(folder / name / "coverage.json").read_text(encoding="utf-8") for name in ("run", "merged")],
        "verification.json": [(run / "verification.json").read_text(encoding="utf-8")],
        "merge.json": [(folder / "merged" / "merge.json").read_text(encoding="utf-8")],
        "drills-history.jsonl": as_text(lines_of(run)).splitlines(),
    }
    return {name: [json.loads(text) for text in those] for name, those in texts.items()}


def test_what_is_written_fits_its_schema(written: dict[str, list[Any]]) -> None:
    assert written.keys() == MODELS.keys() - {"outcome.json"}
    assert written["merge.json"][0]["twice"]
    assert written["merge.json"][0]["contradictions"]
    for name, values in written.items():
        assert [error for value in values for error in errors(name, value)] == []


@pytest.mark.parametrize("name", sorted(MODELS.keys() - {"outcome.json"}))
def test_a_field_that_is_missing_or_new_is_seen(name: str, written: dict[str, list[Any]]) -> None:
    value = written[name][0]
    assert errors(name, value | {"surprise": 1})
    assert errors(name, {})
    assert errors(name, [])


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_command_prints_a_schema(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", name]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["title"], printed) == (name, schema(name))


def test_numbers_that_are_none_are_not_written(tmp_path: Path) -> None:
    def refuse(text: str) -> float:
        raise AssertionError(text)

    run = output(tmp_path, ["6.1"])
    write_verification(collect(run), run)
    assert math.isfinite(
        json.loads((run / "verification.json").read_text(encoding="utf-8"), parse_constant=refuse)["time_scale"]
    )
