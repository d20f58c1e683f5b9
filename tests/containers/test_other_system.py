"""A small system in a folder outside of this checkout is collected, drilled and reported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sandbox
LIMIT_S = 900.0
CAUSES = ("1.1", "2.1")
ARMS = ("documented", "placebo")


@dataclass(frozen=True)
class Run:
    """The output and the files of a run of pytest in that folder."""

    done: subprocess.CompletedProcess[str]
    output: Path

    def verdict(self, cause: str, arm: str) -> Any:
        return json.loads((self.output / "drills" / f"{cause}-{arm}" / "verdict.json").read_text())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("elsewhere") / "notes"
    shutil.copytree(ROOT / "examples" / "notes", folder)
    output = folder / "output"
    words = ("--runbook", "runbook.md", "--stack", "descriptor.toml", "--output", str(output), "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", ".", *words],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return Run(done, output)


def test_every_drill_ends_as_its_scenario_expects(run: Run) -> None:
    assert run.done.returncode == 0, run.done.stdout[-4000:] + run.done.stderr[-2000:]
    assert f"{len(CAUSES)} passed" in run.done.stdout


@pytest.mark.parametrize("cause", CAUSES)
def test_documented_solution_cures_and_doing_nothing_does_not(run: Run, cause: str) -> None:
    assert run.verdict(cause, "documented")["verdict"] == "CONFIRMED"
    assert run.verdict(cause, "documented")["durability"]["verdict"] == "cure"
    assert run.verdict(cause, "placebo")["verdict"] == "REFUTED"


def test_report_has_every_row_of_the_runbook(run: Run) -> None:
    rows = json.loads((run.output / "verification.json").read_text())["rows"]
    assert {(row["id"], row["arm"]) for row in rows} == {(cause, arm) for cause in CAUSES for arm in ARMS}
    assert "Container stopped" in (run.output / "verification.md").read_text()


def test_ledger_holds_the_requests_of_the_profile(run: Run) -> None:
    ledger = run.output / "drills" / "2.1-documented" / "ledger-steady.jsonl"
    rows = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert {row["op"] for row in rows} == {"GET /notes"}
    assert {row["status"] for row in rows} >= {200, 500}
