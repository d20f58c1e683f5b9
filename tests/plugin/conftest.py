"""What an earlier run left in an output folder, and a small suite beside ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.helpers.paths import RUNBOOK
from tests.helpers.small_stack import described

if TYPE_CHECKING:
    from pathlib import Path

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
        "junit.xml": "<testsuites/>",
        "checks.json": "{}",
    }
    for name, text in texts.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_text(text, encoding="utf-8")
    return [output / name for name in texts]
