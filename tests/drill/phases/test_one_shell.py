"""The lines of a step go into one shell; a line that did not run ends the arm at once."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from drills.drill.arm.head import head
from drills.drill.arm.run import DrillStopped
from drills.drill.phases import evidence, recovery, second_channel, until_diagnosis
from drills.record.events import RanCommand
from drills.record.history import History
from drills.runbook.model import Command
from drills.sandbox.shell import ShellEnded
from drills.sandbox.terminal import Ran
from tests.helpers.runs import TypedStack, a_run
from tests.helpers.typed_shell import TypedShell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.drill.arm.run import Run
    from drills.sandbox.shell import Shell

LINES = tuple(Command(line, text) for line, text in ((7, "cd /srv"), (8, "fix"), (9, "restart")))


class Shells(TypedStack):
    """Counts the shells; a line among *ends* ends its shell, and one among *exits* ends with that code."""

    def __init__(self, folder: Path, ends: str = "", exits: dict[str, int] | None = None) -> None:
        super().__init__(folder, {})
        self.opened: list[list[str]] = []
        self._ends, self._exits = ends, exits or {}

    def shell(self) -> Shell:
        typed: list[str] = []
        self.opened.append(typed)

        def run(line: str, **_: object) -> Ran:
            if self._ends in typed:
                raise ShellEnded(f"`{self._ends}` ended the shell")
            typed.append(line)
            return Ran(line, "printed", self._exits.get(line, 0), 0.1)

        return TypedShell(run)


@pytest.fixture
def stack(tmp_path: Path) -> Shells:
    return Shells(tmp_path)


@contextmanager
def running(folder: Path, stack: Shells) -> Iterator[Run]:
    run = a_run(folder, stack=stack)
    run = replace(run, cause=replace(run.cause, commands=LINES))
    run.record.write("drill", t=0.0, **head(run))
    with run.record:
        yield run


def typed(run: Run) -> list[tuple[str, int | None]]:
    return [(event.text, event.exit) for event in History(run.record.events).of(RanCommand)]


def test_the_lines_of_a_solution_are_typed_into_one_shell(tmp_path: Path, stack: Shells) -> None:
    with running(tmp_path, stack) as run:
        recovery.resolve(run, 0.0)
    assert stack.opened == [["cd /srv", "fix", "restart"]]
    assert typed(run) == [("cd /srv", 0), ("fix", 0), ("restart", 0)]


def test_each_step_of_the_investigation_has_a_shell_of_its_own(tmp_path: Path, stack: Shells) -> None:
    with running(tmp_path, stack) as run:
        until_diagnosis._investigate(run, "normal")  # noqa: SLF001 - the phases around it need a system
    steps = [[command.text for command in step.commands] for step in run.incident.investigation]
    assert stack.opened == [step for step in steps if step]


def test_the_command_of_the_symptom_is_typed_again_where_its_step_has_led(
    tmp_path: Path, stack: Shells, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(until_diagnosis, "SYMPTOM_DEADLINE_S", 0.5)
    for part, name in ((evidence, "before"), (second_channel, "record_abnormal")):
        monkeypatch.setattr(part, name, lambda _: None)
    with running(tmp_path, stack) as run:
        symptom = run.symptom_command
        steps = [
            replace(step, commands=(Command(1, "cd /srv"), symptom)) if symptom in step.commands else step
            for step in run.incident.investigation
        ]
        until_diagnosis.diagnose(replace(run, incident=replace(run.incident, investigation=tuple(steps))))
    (shell,) = (lines for lines in stack.opened if symptom.text in lines)
    assert shell[0] == "cd /srv"
    assert shell.count(symptom.text) > 1


@pytest.mark.parametrize("code", [126, 127])
def test_a_line_that_did_not_run_ends_the_arm(tmp_path: Path, code: int) -> None:
    with (
        running(tmp_path, Shells(tmp_path, exits={"fix": code})) as run,
        pytest.raises(DrillStopped, match=rf"^line 8: exit {code}: printed; `fix` did not run"),
    ):
        recovery.resolve(run, 0.0)
    assert typed(run) == [("cd /srv", 0), ("fix", code)]
    assert History(run.record.events).milestone("resolved") is None


def test_a_line_that_failed_does_not(tmp_path: Path) -> None:
    with running(tmp_path, Shells(tmp_path, exits={"fix": 1})) as run:
        recovery.resolve(run, 0.0)
    assert typed(run) == [("cd /srv", 0), ("fix", 1), ("restart", 0)]


def test_a_line_that_could_not_be_typed_any_more_says_which_one_ended_the_shell(tmp_path: Path) -> None:
    with (
        running(tmp_path, Shells(tmp_path, ends="fix")) as run,
        pytest.raises(DrillStopped, match=r"^line 9: not typed, because `fix` ended the shell; `restart` did not run"),
    ):
        recovery.resolve(run, 0.0)
    assert typed(run)[-1] == ("restart", None)
