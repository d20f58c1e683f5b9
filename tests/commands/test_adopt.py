"""`drills adopt` writes a suite that pytest collects and of which `drills plan` prints the lines."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from drills.commands.adopt import main
from tests.helpers.compose_projects import copied
from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def ran(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in the suite's folder, where nothing of this project's own suite is importable."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=variables | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_suite_is_collected_and_planned_without_an_engine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied("plain", tmp_path)
    options = ["--runbook", str(folder / "runbook.md"), "--rules", str(folder / "prometheus" / "rules")]
    options += ["--env-file", str(folder / "settings.env"), "--into", str(folder / "drills")]
    assert main(["-f", str(folder / "compose.yaml"), *options]) == 0
    said = capsys.readouterr().out
    assert "7 drills for 11 rows of the runbook" in said
    collected = ran(folder / "drills", "pytest", "-p", "no:cacheprovider", "--collect-only", "-q")
    assert collected.returncode == 0, collected.stdout + collected.stderr
    assert "scenarios/test_incident_1.py::test_1_1_redis_down" in collected.stdout
    assert "checks/test_checks.py::test_part[postgres]" in collected.stdout
    planned = ran(folder / "drills", "drills", "plan", "--arm", "documented")
    assert planned.returncode == 0, planned.stderr
    assert "docker compose start redis" in planned.stdout
    assert "docker compose restart proxy" in planned.stdout
    assert "docker volume rm --force shop_pg" in planned.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["-f", "compose.yaml"], "required variable DB_PASSWORD is missing a value: set it in .env"),
        (["-f", "none.yaml"], "there is no compose file"),
        (["-f", "compose.yaml", "--env-file", "none.env"], "there is no file none.env of settings"),
        (["-f", "compose.yaml", "--env-file", "settings.env", "--runbook", "none.md"], "none.md"),
        (["-f", "compose.yaml", "--env-file", "settings.env", "--rules", "nginx.conf"], "nginx.conf"),
    ],
)
def test_what_cannot_be_used_ends_with_4_and_one_sentence(
    options: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(copied("plain", tmp_path))
    assert main(options) == 4
    said = capsys.readouterr().err
    assert said.startswith("drills adopt: ")
    assert sentence in said
    assert said.count("\n") == 1
    assert not (tmp_path / "plain" / "drills").exists()
