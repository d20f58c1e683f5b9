"""Input that cannot be used ends a run with one sentence and exit code 4 before anything starts."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from drills.plugin.output import claim
from tests.helpers.paths import DESCRIPTOR, RUNBOOK
from tests.helpers.pytest_run import NO_ENGINE, pytest_ended
from tests.helpers.small_stack import described

if TYPE_CHECKING:
    from pathlib import Path

CHEAP = ("--collect-only", "-q", "-p", "no:cacheprovider")


def refused(output: Path | str, *options: str) -> str:
    """Return what a run says that has to be refused."""
    code, said = pytest_ended(output, *options)
    assert code == pytest.ExitCode.USAGE_ERROR, said
    assert "boot the" not in said
    return said


@pytest.fixture
def evidence(tmp_path: Path) -> list[Path]:
    """What an earlier run of drills left, and a thesis beside it."""
    output = tmp_path / "output"
    texts = {
        "drills/5.1-documented/history.jsonl": "{}",
        "drills/thesis.txt": "mine",
        "allure-results/x-result.json": json.dumps({"uuid": "x", "fullName": "scenarios.test_incident_5#test_leak"}),
        "coverage.json": "{}",
        "findings.md": "# Findings",
    }
    for name, text in texts.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_text(text, encoding="utf-8")
    return [output / name for name in texts]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ("scenarios", "--cause", "5.1", "--arm", "original"),
            "nothing corrects the row of 5.1, so it has no original",
        ),
        (("scenarios", "-k", "connection_leak", "--arm", "original"), "so it has no original; those of"),
        (("scenarios", "-k", "connection_leak", "--arm", "original", "-n", "1"), "so it has no original; those of"),
        (("scenarios", "-m", "headlin", "-n", "1"), "Unknown marker(s) in '-m' expression: headlin"),
        (("scenarios", "--cause", "9.9"), "there is no cause '9.9'"),
        (("scenarios/test_incident_5.py", "--cause", "6.1"), "cause 6.1: its drill is in test_incident_6.py"),
        (("tests/common", "--cause", "5.1"), "--cause and --arm choose drills"),
        (("scenarios", "--time-scale", "0.5"), "--time-scale must be 1 (real time) or more"),
        (("scenarios", "--time-scale", "nan"), "the time scale must be a number above 0"),
        (("scenarios", "--runbook", "/no/such.md"), "/no/such.md"),
        (("scenarios", "--stack", "/no/such.toml"), "/no/such.toml: not a readable stack descriptor"),
    ],
)
def test_what_is_not_there_is_refused_before_anything_boots(
    options: tuple[str, ...], sentence: str, evidence: list[Path]
) -> None:
    assert sentence in refused(evidence[0].parents[2], *options)
    assert all(path.exists() for path in evidence)


@pytest.mark.parametrize(
    ("causes", "drills"), [(("5",), 5), (("5.1,6.1",), 2), (("5.1", "6.1"), 2)], ids=["incident", "list", "twice"]
)
def test_causes_may_be_an_incident_or_a_list(causes: tuple[str, ...], drills: int, tmp_path: Path) -> None:
    code, said = pytest_ended(tmp_path, "scenarios", *CHEAP, *(f"--cause={cause}" for cause in causes))
    assert (code, f"{drills}/" in said.splitlines()[-1]) == (0, True), said


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
    pytest_ended(evidence[0].parents[2], *options)
    assert [path.read_text(encoding="utf-8") for path in evidence] == texts


def test_old_drills_live_beside_checks_that_are_judged(evidence: list[Path]) -> None:
    output = evidence[0].parents[2]
    code, said = pytest_ended(output, "checks/test_smoke.py::test_smoke[front-page]", "--target", "http://127.0.0.1:1")
    assert code == pytest.ExitCode.TESTS_FAILED, said
    assert all(path.exists() for path in evidence)
    assert len(list((output / "allure-results").glob("*-result.json"))) == 2


def test_a_misspelt_fault_of_the_stack_is_refused_before_anything_boots(tmp_path: Path) -> None:
    stack = tmp_path / "misspelt.toml"
    text = DESCRIPTOR.read_text(encoding="utf-8").replace('"connection leak"', '"conection leak"')
    paths = ["images", "patches", "services", "config", "scripts", "compose.yaml", "curl-format.txt", "defaults.env"]
    for name in paths:
        (tmp_path / name).symlink_to(DESCRIPTOR.parent / name)
    stack.write_text(text, encoding="utf-8")
    said = refused(tmp_path / "output", "scenarios", "--cause", "5.1", "--stack", str(stack))
    assert "there is no fault 'conection leak'; write 'connection leak'" in said


def test_a_folder_in_use_is_refused(evidence: list[Path]) -> None:
    output = evidence[0].parents[2]
    release = claim(output)
    try:
        said = refused(output, "scenarios", "--collect-only")
    finally:
        release()
    assert f"in use by process {os.getpid()} since " in said
    assert all(path.exists() for path in evidence)


def test_an_output_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for given in (tmp_path / "file" / "x", ""):
        assert f"--output {given}" in refused(given, "scenarios", "--collect-only").replace("''", "")


DRILL = """
import pytest

@pytest.mark.drill("5.1")
def test_leak(run_drill):
    pass

@pytest.mark.drill("5.2")
def test_left_out():
    pytest.skip("not here")

def test_other():
    pass
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A suite that keeps its drills in no folder of their own."""
    described(tmp_path)
    (tmp_path / "test_drills.py").write_text(DRILL, encoding="utf-8")
    table = f'[tool.drills]\nrunbook = "{RUNBOOK}"\nstack = "small.toml"\n'
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("options", [("--cause", "5.2"), ("-k", "left_out or other"), ("--cause", "5.2", "-n", "1")])
def test_a_run_that_judged_no_drill_is_red_whatever_passed(options: tuple[str, ...], suite: Path) -> None:
    code, said = pytest_ended(suite / "output", *options, cwd=suite)
    assert code == pytest.ExitCode.NO_TESTS_COLLECTED, said
    assert "Nothing was judged" in said
    assert "1 passed" in said


def test_a_run_that_asked_for_drills_and_collected_none_is_refused(suite: Path) -> None:
    code, said = pytest_ended(suite / "output", "test_drills.py::test_other", "--cause", "5.1", cwd=suite)
    assert code == pytest.ExitCode.USAGE_ERROR, said


def test_a_stack_in_another_folder_is_read(tmp_path: Path, suite: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = described(tmp_path / "elsewhere")
    code, said = pytest_ended(suite / "output", *CHEAP, "--cause", "5.1", "--stack", str(path), cwd=suite)
    assert code == pytest.ExitCode.OK, said


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "workers"])
def test_a_missing_engine_removes_nothing(workers: tuple[str, ...], evidence: list[Path], suite: Path) -> None:
    drill = ("test_drills.py::test_leak", *workers)
    code, said = pytest_ended(evidence[0].parents[2], *drill, cwd=suite, **NO_ENGINE)
    assert code == pytest.ExitCode.USAGE_ERROR, said
    assert "No Docker engine answers" in said
    assert all(path.exists() for path in evidence)


JUDGED = """
from types import SimpleNamespace
import pytest

@pytest.fixture(scope="session")
def sandbox_pool():
    return SimpleNamespace(system=lambda: None, secrets=())

@pytest.mark.drill("5.1")
def test_leak(run_drill, pytestconfig):
    thesis = pytestconfig.option.output / "drills" / "5.1-documented" / "history.jsonl"
    assert thesis.exists()
    run_drill.begins()
    assert not thesis.exists()
"""


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "workers"])
def test_the_first_drill_that_is_judged_replaces_old_evidence(
    workers: tuple[str, ...], evidence: list[Path], suite: Path
) -> None:
    (suite / "test_drills.py").write_text(JUDGED, encoding="utf-8")
    _, said = pytest_ended(evidence[0].parents[2], "test_drills.py", *workers, cwd=suite)
    assert "1 passed" in said, said
    history, thesis, _, coverage, findings = evidence
    assert [path.exists() for path in (history, thesis, findings)] == [False, True, True]
    assert json.loads(coverage.read_text(encoding="utf-8"))["drilled"] == ["5.1"]
