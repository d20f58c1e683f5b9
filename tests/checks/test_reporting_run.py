"""A real run of checks: what it prints once, what it leaves, and what it ends with."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drills.checks.definition import REGISTER
from drills.checks.result import Outcome
from drills.plugin.check_outcomes import exit_code
from tests.helpers.check_results import check_result
from tests.helpers.paths import ROOT

NOWHERE = str(ROOT / "tests" / "data" / "nowhere.toml")


@dataclass(frozen=True)
class Run:
    output: Path
    code: int
    said: str

    @property
    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.output / "checks.json").read_text())
        return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    output = tmp_path_factory.mktemp("run")
    command = [sys.executable, "-m", "pytest", "checks", "--target", NOWHERE, "--output", str(output)]
    command += ["-k", "front-page or queue-metrics or postgres-locks or certificate"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return Run(output, done.returncode, done.stdout)


def test_record_and_exit_code_agree(run: Run) -> None:
    assert (run.code, run.record["exit"]["code"]) == (1, 1)


def test_everything_asked_for_is_in_the_record(run: Run) -> None:
    names = {one["name"] for one in run.record["checks"]}
    assert {"front page", "queue metrics", "postgres locks"} <= names <= REGISTER.keys()


def test_reason_stands_once_on_the_terminal(run: Run) -> None:
    """Neither pytest's own summary nor the blocked checks repeat it."""
    assert run.said.count("connection refused") == run.record["outcomes"]["fail"] > 0
    assert "short test summary info" not in run.said
    assert "= FAILURES =" not in run.said


def test_severity_is_the_last_line(run: Run) -> None:
    assert run.said.index("FAIL front page") < run.said.index("SEV-1 Critical")


def test_junit_is_written_without_being_asked_for(run: Run) -> None:
    assert "front page" in (run.output / "junit.xml").read_text()


def test_allure_knows_section_severity_and_attempts(run: Run) -> None:
    found = [json.loads(path.read_text()) for path in (run.output / "allure-results").glob("*-result.json")]
    page = next(one for one in found if one["name"] == "smoke: front page")
    labels = {(one["name"], one["value"]) for one in page["labels"]}
    assert {("epic", "Checks"), ("story", "front page"), ("severity", "blocker"), ("tag", "fail")} <= labels
    assert (page["status"], [one["status"] for one in page["steps"]]) == ("failed", ["failed", "failed"])


@pytest.mark.parametrize(
    ("outcomes", "status", "code"),
    [
        ([Outcome.PASS, Outcome.SKIPPED], 0, 0),
        ([Outcome.PASS, Outcome.DEGRADED], 0, 6),
        ([Outcome.DEGRADED, Outcome.ERROR], 1, 7),
        ([Outcome.ERROR, Outcome.FAIL, Outcome.BLOCKED], 1, 1),
        ([Outcome.SKIPPED], 0, 5),
        ([Outcome.PASS], pytest.ExitCode.INTERRUPTED, 2),
        ([Outcome.PASS], pytest.ExitCode.TESTS_FAILED, 1),
        ([Outcome.PASS, Outcome.DEGRADED], pytest.ExitCode.TESTS_FAILED, 1),
    ],
)
def test_worst_outcome_decides(outcomes: list[Outcome], status: int, code: int) -> None:
    check_results = tuple(check_result(str(at), outcome) for at, outcome in enumerate(outcomes))
    assert exit_code(check_results, status) == code
