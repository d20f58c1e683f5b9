"""Every run of pytest on a machine with this package loads its options; a run without drills is not changed by them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.helpers.paths import ROOT, RUNBOOK
from tests.helpers.small_stack import described

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("allure_commons", "docker", "httpx", "locust", "markdown_it", "matplotlib", "playwright", "psycopg", "redis")
OWN_TEST = """
import signal, sys

def test_nothing_is_changed(pytestconfig):
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert [name for name in sys.modules if name.startswith("drills.")] == ["drills.plugin", "drills.plugin.options"]
    assert not any(line.startswith("drill(") for line in pytestconfig.getini("markers"))
    assert not hasattr(pytestconfig.option, "time_scale")
"""
DRILL = """
import pytest

@pytest.mark.headline
@pytest.mark.exclusive
@pytest.mark.drill("5.1")
def test_leak(run_drill):
    raise NotImplementedError
"""
OWN_OPTIONS = """
def pytest_addoption(parser):
    for name in ("--target", "--output", "--stack", "--keep", "--webhook", "--arm"):
        parser.addoption(name, default="mine")
"""


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in *folder*, outside of this checkout, with this package's plugin and locust's."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTEST_ADDOPTS": ""}
    for name in [name for name in variables if name.startswith("PYTEST_XDIST")]:
        del variables[name]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "foreign"
    found.mkdir()
    (found / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    shutil.copy(RUNBOOK, found / "runbook.md")
    described(found)
    return found


def test_options_import_next_to_nothing() -> None:
    line = f"import sys, drills.plugin.options; print(sorted(set(sys.modules) & set({HEAVY})))"
    done = subprocess.run(
        [sys.executable, "-c", line],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_run_without_drills_is_left_as_it_is(folder: Path) -> None:
    (folder / "test_own.py").write_text(OWN_TEST, encoding="utf-8")
    known = {path.name for path in folder.iterdir()}
    done = run(folder)
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr
    assert {path.name for path in folder.iterdir()} - known <= {"__pycache__"}


def test_project_with_options_of_the_same_names_keeps_them(folder: Path) -> None:
    (folder / "conftest.py").write_text(OWN_OPTIONS, encoding="utf-8")
    (folder / "test_own.py").write_text(
        "def test_own(pytestconfig):\n    assert pytestconfig.option.target == 'theirs'\n", encoding="utf-8"
    )
    done = run(folder, "--target", "theirs", "--stack=any")
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr


@pytest.mark.parametrize("where", [(), ("test_drill.py",), (".",)], ids=["no path", "its file", "its folder"])
def test_drill_in_a_folder_without_settings_needs_two_options_only(folder: Path, where: tuple[str, ...]) -> None:
    (folder / "test_drill.py").write_text(DRILL, encoding="utf-8")
    done = run(folder, "--strict-markers", "--setup-plan", *where, "--runbook", "runbook.md", "--stack", "small.toml")
    assert "test_leak (fixtures used: request, run_drill, sandbox_pool)" in done.stdout, done.stdout + done.stderr
    assert not (folder / "drills-output" / "coverage.json").exists()  # nothing was drilled
    assert "waivers.toml" not in done.stdout


def test_drill_of_a_cause_that_the_runbook_does_not_have_is_refused(folder: Path) -> None:
    (folder / "test_drill.py").write_text(DRILL.replace("5.1", "9.9"), encoding="utf-8")
    done = run(folder, "--collect-only", "--runbook", "runbook.md")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "there is no cause 9.9" in done.stderr


def left_behind(output: Path) -> list[Path]:
    """Lay down what an earlier run of drills left in *output*."""
    paths = [output / name for name in ("drills/5.1-documented/history.jsonl", "allure-results/x-result.json")]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.write_text("{}", encoding="utf-8")
    return paths


def settled(folder: Path) -> None:
    table = '[tool.drills]\nrunbook = "runbook.md"\nstack = "small.toml"\n'
    (folder / "pyproject.toml").write_text(table, encoding="utf-8")


def test_run_of_other_tests_keeps_the_results_of_an_earlier_run_of_drills(folder: Path) -> None:
    settled(folder)
    (folder / "test_own.py").write_text("def test_own() -> None: ...\n", encoding="utf-8")
    (folder / "test_drill.py").write_text(DRILL, encoding="utf-8")
    kept = left_behind(folder / "drills-output")
    run(folder, "test_own.py", "--collect-only")
    assert all(path.exists() for path in kept)


def test_run_that_judges_no_drill_keeps_the_results_of_an_earlier_one(folder: Path) -> None:
    settled(folder)
    (folder / "test_drill.py").write_text(DRILL, encoding="utf-8")
    kept = left_behind(folder / "drills-output")
    done = run(folder, "test_drill.py", "--collect-only")
    assert "test_leak" in done.stdout, done.stdout + done.stderr
    assert all(path.exists() for path in kept)
