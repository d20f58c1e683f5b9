"""A run whose report could not be made in full is red, however well its tests ended."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.histories import borne_out, documented
from tests.helpers.paths import ROOT
from tests.helpers.report_samples import judged, leak

PASSES = """
def test_passes() -> None:
    pass
"""


def session(tests: Path, output: Path, body: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run *body* as a session that publishes what lies in *output*, as a run of the drills does at its end."""
    (tests / "test_it.py").write_text(body, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", str(tests), "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    plugins = ["-p", "drills.plugin.drills", "-p", "no:cacheprovider"]
    variables = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    return subprocess.run(
        [*command, *plugins, "--output", str(output), *options],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    folder = tmp_path / "tests"
    folder.mkdir()
    return folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    borne_out(tmp_path / "output/drills/5.1-documented", documented())
    return tmp_path / "output"


def test_a_whole_report_leaves_the_run_green(tests: Path, output: Path) -> None:
    done = session(tests, output, PASSES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"report: {output / 'findings.md'}" in done.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "workers"])
def test_a_record_that_cannot_be_read_turns_the_run_red(tests: Path, output: Path, workers: tuple[str, ...]) -> None:
    judged(leak(output / "drills/4.2-documented"), verdict="FINE")
    done = session(tests, output, PASSES, *workers)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert 'found "FINE"' in done.stdout


def test_nothing_that_can_be_published_turns_the_run_red(tests: Path, tmp_path: Path) -> None:
    (tmp_path / "empty/drills").mkdir(parents=True)
    done = session(tests, tmp_path / "empty", PASSES)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert "expected a recorded run, found none" in done.stdout


def test_a_worse_end_is_kept(tests: Path, output: Path) -> None:
    judged(leak(output / "drills/4.2-documented"), verdict="FINE")
    done = session(tests, output, "raise KeyboardInterrupt")
    assert done.returncode == pytest.ExitCode.INTERRUPTED, done.stdout + done.stderr
