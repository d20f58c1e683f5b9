"""Old evidence lives until new evidence is there, and what was broken off is no evidence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.helpers.held_drill import INTERRUPTED, JUDGED
from tests.helpers.pytest_run import pytest_ended, without_engine

if TYPE_CHECKING:
    from pathlib import Path

WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "workers"])


@pytest.mark.parametrize(
    "options",
    [
        ("scenarios", "--collect-only"),
        ("scenarios", "-m", "headlin"),
        ("scenarios/test_incident_5.py", "--cause", "6.1"),
        ("scenarios", "--no-such-option"),
        ("checks", "--target", "http://127.0.0.1:1", "-k", "nothing_at_all"),
    ],
    ids=" ".join,
)
def test_old_evidence_lives_until_something_is_judged(options: tuple[str, ...], evidence: list[Path]) -> None:
    texts = [path.read_text(encoding="utf-8") for path in evidence]
    without_engine(evidence[0].parents[2], *options)
    assert [path.read_text(encoding="utf-8") for path in evidence] == texts


def test_old_drills_live_beside_checks_that_are_judged(evidence: list[Path]) -> None:
    output = evidence[0].parents[2]
    code, said = pytest_ended(
        output, "checks/test_smoke.py::test_smoke[front-page]", "--target", "tests/data/nowhere.toml"
    )
    assert code == pytest.ExitCode.TESTS_FAILED, said
    assert all(path.exists() for path in evidence)
    assert len(list((output / "allure-results").glob("*-result.json"))) == 2


@WORKERS
def test_a_missing_engine_removes_nothing(workers: tuple[str, ...], evidence: list[Path], suite: Path) -> None:
    drill = ("test_drills.py::test_leak", *workers)
    code, said = without_engine(evidence[0].parents[2], *drill, cwd=suite)
    assert code == pytest.ExitCode.USAGE_ERROR, said
    assert "No Docker engine answers" in said
    assert all(path.exists() for path in evidence)


def test_a_run_ends_in_ascii_where_the_locale_has_no_more(suite: Path) -> None:
    body = JUDGED.replace('(folder / "history.jsonl").read_text()', '""')
    (suite / "test_drills.py").write_text(body.replace("!= before", '!= ""'), encoding="utf-8")
    plain = {"LC_ALL": "C", "COLUMNS": "30", "PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"}
    _, said = pytest_ended(suite / "output", "test_drills.py", cwd=suite, **plain)
    assert "5.1" in said.partition("verdicts")[2], said
    assert said.isascii()


@WORKERS
def test_the_first_arm_that_is_judged_replaces_old_evidence(
    workers: tuple[str, ...], evidence: list[Path], suite: Path
) -> None:
    (suite / "test_drills.py").write_text(JUDGED, encoding="utf-8")
    _, said = pytest_ended(evidence[0].parents[2], "test_drills.py", *workers, cwd=suite)
    assert "1 passed" in said, said
    history, thesis, _, coverage, findings, *_ = evidence
    assert [path.read_text(encoding="utf-8") == "{}" for path in (history, coverage)] == [False, False]
    assert thesis.read_text(encoding="utf-8") == "mine"
    assert json.loads(coverage.read_text(encoding="utf-8"))["drilled"] == ["5.1"]
    assert findings.read_text(encoding="utf-8") != "# Findings"
    results = [json.loads(path.read_text(encoding="utf-8")) for path in results_of(history)]
    assert "test_drills#test_leak" in {result["fullName"] for result in results}
    assert not list((history.parents[2] / ".run").glob("run-*"))


def test_an_arm_that_was_interrupted_replaces_nothing(evidence: list[Path], suite: Path) -> None:
    (suite / "test_drills.py").write_text(INTERRUPTED, encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in evidence]
    output = evidence[0].parents[2]
    code, said = pytest_ended(output, "test_drills.py", cwd=suite)
    assert code == pytest.ExitCode.INTERRUPTED, said
    assert [path.read_text(encoding="utf-8") for path in evidence] == texts
    assert [path.name for path in results_of(evidence[0])] == ["x-result.json"]
    assert "No drill was judged, so what an earlier run left" in said
    (kept,) = (output / ".run").glob("run-*/drills/5.1-documented/history.jsonl")
    assert f"not judged: {kept.parent}" in said


def test_the_first_run_keeps_an_arm_that_was_interrupted(suite: Path) -> None:
    body = INTERRUPTED.replace('(folder / "history.jsonl").read_text()', '""')
    (suite / "test_drills.py").write_text(body, encoding="utf-8")
    code, said = pytest_ended(suite / "output", "test_drills.py", cwd=suite)
    assert code == pytest.ExitCode.INTERRUPTED, said
    assert (suite / "output" / "drills" / "5.1-documented" / "history.jsonl").exists()


def results_of(history: Path) -> list[Path]:
    return sorted((history.parents[2] / "allure-results").glob("*-result.json"))
