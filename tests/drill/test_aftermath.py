from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from drills.drill.teardown import tear_down
from drills.record.events import RanCommand, Residue
from drills.record.history import History
from drills.record.recorder import Recorder
from drills.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.drill.run import Run

IMAGES = {"docker images -q": "a1", "redis-cli dbsize": "3"}


class Facts:
    """The few parts of a run that the clean-up asks for."""

    def __init__(self, **facts: Any) -> None:
        self.__dict__.update(facts)


class Stack:
    """Remembers what was done to it; *after* is what its snapshot shows, *ill* what healing it raises."""

    def __init__(self, after: dict[str, str], ill: SandboxError | None = None) -> None:
        self.descriptor = Facts(boot_deadline_s=30.0)
        self.done: list[str] = []
        self._after = after
        self._ill = ill

    def run(self, line: str) -> Facts:
        self.done.append(line)
        return Facts(exit=1, seconds=0.1, output="rolled back")

    def heal(self) -> None:
        self.done.append("heal")
        if self._ill:
            raise self._ill

    def snapshot(self) -> dict[str, str]:
        self.done.append("snapshot")
        return self._after


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Recorder]:
    with Recorder(tmp_path / "drill", str) as recorder:
        yield recorder


def cleared(record: Recorder, stack: Stack) -> History:
    fault = Facts(undo=("./scripts/rollback.sh",), stop=lambda: stack.done.append("stop"))
    console = Facts(phase=lambda *_: None)
    run = Facts(record=record, console=console, system=Facts(stack=stack), fault=fault)
    tear_down(cast("Run", run), IMAGES)
    return History(record.events)


def test_stack_that_is_as_before_has_no_residue(record: Recorder) -> None:
    assert cleared(record, Stack(IMAGES)).of(Residue)[0].items == ()


def test_what_changed_is_residue(record: Recorder) -> None:
    found = cleared(record, Stack(IMAGES | {"redis-cli dbsize": "4"})).of(Residue)
    assert found[0].items == ("`redis-cli dbsize` printed '4', before '3'",)


def test_fault_is_taken_away_before_the_stack_is_healed_and_looked_at(record: Recorder) -> None:
    stack = Stack(IMAGES)
    cleared(record, stack)
    assert stack.done == ["stop", "./scripts/rollback.sh", "heal", "snapshot"]


def test_undo_is_recorded_with_its_exit_code(record: Recorder) -> None:
    undone = cleared(record, Stack(IMAGES)).of(RanCommand, purpose="undo")
    assert [(each.text, each.exit) for each in undone] == [("./scripts/rollback.sh", 1)]


def test_stack_that_cannot_be_healed_is_residue_and_no_silence(record: Recorder) -> None:
    found = cleared(record, Stack(IMAGES, SandboxError("postgres stays down"))).of(Residue)
    assert found[0].items == ("the stack could not be healed: postgres stays down",)
