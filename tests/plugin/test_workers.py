"""A run on xdist's workers leaves the same record as a run without them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "workers"])
def test_results_reach_the_output(workers: tuple[str, ...], tmp_path: Path) -> None:
    check = "checks/test_smoke.py::test_smoke[front-page]"
    command = [sys.executable, "-m", "pytest", check, "--target", "tests/data/nowhere.toml", "--output", str(tmp_path)]
    done = subprocess.run([*command, *workers], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "1 failed" in done.stdout, done.stdout + done.stderr
    assert list((tmp_path / "allure-results").glob("*-result.json"))


def test_checks_alone_are_never_shared_out(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "checks", "--target", "http://127.0.0.1:1", "--output", str(tmp_path)]
    done = subprocess.run([*command, "-n", "2"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "2 workers" not in done.stdout, done.stdout
    assert "checks of 127.0.0.1:1" in done.stdout, done.stdout + done.stderr
