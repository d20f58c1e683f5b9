"""`drills plan` prints what drills type, and nothing starts."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from drills import Suite
from drills.commands.plan import main
from drills.commands.planned_lines import PLACEBO_LINE, not_started, planned_lines
from drills.record.events import RanCommand
from drills.record.reader import read
from drills.record.verdicts import Arm
from drills.runbook.documented import documented
from drills.sandbox.errors import SandboxError
from tests.helpers.fault_modules import ALL_SCENARIOS, SCENARIOS
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import ROOT
from tests.helpers.quiet_system import REFERENCE
from tests.helpers.runs import QuietFault, a_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from drills import System

SYSTEM = not_started(REFERENCE, OWN_RUNBOOK, Suite())
RECORDS = sorted((ROOT / "tests" / "data" / "records" / "drills").iterdir())
PURPOSES = {"diagnose": "investigation", "resolve": "solution", "verify": "verification"}
"""What a record calls a purpose, where the plan has another word."""


def key(purpose: str, text: str, stdin: str | None) -> tuple[str, str, str]:
    return purpose, PLACEBO_LINE if purpose == "placebo" else text, stdin or ""


@pytest.mark.parametrize("folder", RECORDS, ids=lambda folder: folder.name)
def test_plan_has_the_lines_that_a_real_drill_typed_and_no_others(folder: Path) -> None:
    history = read(folder)
    typed = {
        key(PURPOSES.get(event.purpose, event.purpose), event.text, event.stdin) for event in history.of(RanCommand)
    }
    planned = planned_lines(SCENARIOS[history.head.cause], Arm(history.head.arm), SYSTEM)
    assert {key(line.purpose, line.text, line.stdin) for line in planned} == typed


def test_all_plans_together_have_every_documented_line_where_it_is_written() -> None:
    lines = {
        (line.where, line.text, line.stdin)
        for scenario in ALL_SCENARIOS
        for arm in Arm
        for line in planned_lines(scenario, arm, SYSTEM)
    }
    reference = {id(command) for command in OWN_RUNBOOK.critical_commands}
    for command in documented(OWN_RUNBOOK):
        if id(command) not in reference:
            assert (f"runbook/incidents.md:{command.line}", command.text, command.stdin) in lines


def test_fault_whose_undoing_is_known_only_of_a_running_stack_is_refused() -> None:
    class AsksTheStack(QuietFault):
        def undo(self, system: System) -> tuple[str, ...]:
            return (system.stack.redis_url,)

    with pytest.raises(SandboxError, match="asks for 'sandbox' of a stack that is not started"):
        list(planned_lines(a_scenario(AsksTheStack()), Arm.DOCUMENTED, SYSTEM))


def test_each_line_has_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cause", "5.1", "--arm", "documented"]) == 0
    out = capsys.readouterr().out
    cause = OWN_RUNBOOK.cause("5.1")
    assert out.startswith("5.1 Connection leak in code, documented\n")
    assert "placebo" not in out
    for command in cause.commands:
        assert f"  solution       runbook/incidents.md:{command.line}: {command.text}\n" in out
    assert "  fault          scenarios/faults/connection_leak.py:" in out
    assert "  heal           stack/reference.toml:" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cause", "9.9"], "9.9"),
        (["--cause", "6.1", "--arm", "original"], "nothing corrects the row of 6.1"),
        (["--runbook", "nowhere.md"], "nowhere.md"),
        (["--stack", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("drills plan: ")
    assert words in said
    assert said.count("\n") == 1


def test_no_engine_is_needed() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "drills", "plan", "--cause", "2.1"],
        cwd=ROOT,
        env=os.environ | {"DOCKER_HOST": "unix:///nowhere/docker.sock"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "2.1" in ran.stdout
