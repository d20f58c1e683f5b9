"""The workflows that a team copies are sound, and the linter that says so can say otherwise."""

from pathlib import Path

import pytest

from drills.reports.node import MODULES, NodeError, run
from tests.helpers.paths import ROOT

LINTER = MODULES / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
LIMIT_S = 120.0


def lint(pattern: str) -> str:
    return run([str(LINTER), pattern], cwd=ROOT, limit_s=LIMIT_S)


def test_workflows_are_sound() -> None:
    assert "Checking 2 workflow file(s)" in lint(".github/workflows/*.yml")


def test_mistake_in_a_workflow_is_seen(tmp_path: Path) -> None:
    sound = (ROOT / ".github" / "workflows" / "checks.yml").read_text(encoding="utf-8")
    (tmp_path / "checks.yml").write_text(sound.replace("inputs.target", "inputs.traget"))
    with pytest.raises(NodeError, match="traget"):
        lint(f"{tmp_path}/*.yml")
