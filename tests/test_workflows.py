"""CI and the workflows that a team copies pass the linter, and the linter sees a mistake."""

import re
from pathlib import Path

import pytest

from drills.reports.node import MODULES, NodeError, run
from tests.helpers.paths import ROOT

LINTER = MODULES / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
LIMIT_S = 120.0
OWN = ROOT / ".github" / "workflows"
EXAMPLES = ROOT / "examples" / "workflows"
WORKFLOWS = (OWN / "ci.yml", EXAMPLES / "checks.yml", EXAMPLES / "pre-deploy.yml", EXAMPLES / "shards.yml")
PINNED = re.compile(r"uses: [\w/-]+@[0-9a-f]{40}  # v[\d.]+")
SCRIPT = re.compile(r"^( *)(?:- )?run: (.*\n(?:\1 +.*\n)*)", re.MULTILINE)

each_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)


def lint(pattern: str) -> str:
    return run([str(LINTER), pattern], cwd=ROOT, limit_s=LIMIT_S)


def test_these_are_all_workflows() -> None:
    assert sorted([*OWN.iterdir(), *EXAMPLES.glob("*.yml")]) == sorted(WORKFLOWS)


@each_workflow
def test_workflow_is_sound(workflow: Path) -> None:
    assert "Checking 1 workflow file(s)" in lint(str(workflow.relative_to(ROOT)))


def test_mistake_in_a_workflow_is_seen(tmp_path: Path) -> None:
    sound = (EXAMPLES / "checks.yml").read_text(encoding="utf-8")
    (tmp_path / "checks.yml").write_text(sound.replace("inputs.target", "inputs.traget"))
    with pytest.raises(NodeError, match="traget"):
        lint(f"{tmp_path}/*.yml")


@each_workflow
def test_nothing_given_by_others_stands_in_a_script(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    scripts = SCRIPT.findall(text)
    assert len(scripts) == text.count("run: ")
    assert [script for _, script in scripts if "${{" in script] == []


@each_workflow
def test_actions_are_pinned_and_permissions_are_given_job_by_job(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    assert len(PINNED.findall(text)) == text.count("uses: ") - text.count("#     uses: ") - text.count("#       uses: ")
    assert "\npermissions: {}\n" in text


def test_clone_has_no_schedule_and_needs_no_secret() -> None:
    own = "".join(path.read_text(encoding="utf-8") for path in OWN.iterdir())
    assert "schedule:" not in own
    assert "secrets." not in own
