"""Lint and types are part of the tests, so that one command says whether a change is in order."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

TOOLS = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy", "."],
}


@pytest.mark.parametrize("command", TOOLS.values(), ids=list(TOOLS))
def test_whole_project_is_in_order(command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lint_would_see_a_fault(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("import os\n", encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), str(bad)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "F401" in done.stdout


def test_no_test_is_named_after_an_address(request: pytest.FixtureRequest) -> None:
    """Such a name differs in every process, so pytest-xdist refuses to share the tests among workers."""
    assert [item.nodeid for item in request.session.items if " at 0x" in item.nodeid] == []
