"""The coverage gate ends a run with a sentence and an exit code."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT, RUNBOOK

OWN = RUNBOOK.read_text(encoding="utf-8")
LAST_ROW = "| Pool size too small |"


def collected(folder: Path, document: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Collect the drills for *document* without holding any."""
    path = folder / "altered.md"
    path.write_text(document, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "scenarios", "--collect-only", "-q", *options]
    where = ["--runbook", str(path), "--output", str(folder / "output")]
    return subprocess.run([*command, *where], cwd=ROOT, capture_output=True, text=True, check=False)


def with_row(row: str) -> str:
    """Add a row below the last one of incident 5."""
    line = next(line for line in OWN.splitlines() if line.startswith(LAST_ROW))
    return OWN.replace(line, f"{line}\n{row}")


def test_row_that_no_drill_tries_turns_the_run_red(tmp_path: Path) -> None:
    done = collected(tmp_path, with_row("| Gremlins | Feed them before midnight: `docker ps` | 5 min |"))
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert "no drill tries cause 5.6 Gremlins" in done.stdout


def test_row_that_no_drill_tries_does_not_matter_to_a_drill_of_another(tmp_path: Path) -> None:
    row = "| Gremlins | Feed them before midnight: `docker ps` | 5 min |"
    done = collected(tmp_path, with_row(row), "--cause", "5.1")
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr


def test_drill_whose_row_is_gone_is_refused(tmp_path: Path) -> None:
    line = next(line for line in OWN.splitlines() if line.startswith(LAST_ROW))
    detail = OWN[OWN.index("#### 5.5 ") : OWN.index("#### Verification", OWN.index("#### 5.5 "))]
    done = collected(tmp_path, OWN.replace(f"{line}\n", "").replace(detail, ""))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout + done.stderr
    assert "there is no cause 5.5, but the suite has a drill for it" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_run_of_all_drills_that_left_no_coverage_behind_turns_red(tmp_path: Path) -> None:
    """The results of an earlier run do not count for this one."""
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "coverage.json").write_text('{"drilled": []}')
    done = collected(tmp_path, OWN, "-p", "no:scenarios", "--ignore-glob=*")
    assert done.returncode != pytest.ExitCode.OK, done.stdout + done.stderr
    assert "coverage.json" in done.stdout
