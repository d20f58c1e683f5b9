from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.phases.teardown import tear_down
from drills.record.events import RanCommand, Residue
from drills.record.history import History
from drills.sandbox.errors import SandboxError
from tests.helpers.runs import QuietFault, TypedStack, a_run, a_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.system import System

IMAGES = {"docker images -q": "a1", "redis-cli dbsize": "3"}


class Rolled(QuietFault):
    def __init__(self, stack: TypedStack) -> None:
        super().__init__()
        self._stack = stack

    def undo(self, system: System) -> tuple[str, ...]:  # noqa: ARG002
        return ("./scripts/rollback.sh",)

    def stop(self) -> None:
        self._stack.done.append("stop")


LINE = "sha256sum"
HASHES = {LINE: "a1 compose.yaml\nb2 nginx.conf\n"}


def torn_down(folder: Path, stack: TypedStack) -> History:
    run = a_run(folder, a_scenario(Rolled(stack)), stack=stack)
    with run.record:
        tear_down(run, IMAGES)
    return History(run.record.events)


def test_stack_that_is_as_before_has_no_residue(tmp_path: Path) -> None:
    assert torn_down(tmp_path, TypedStack(tmp_path, IMAGES)).of(Residue)[0].items == ()


def test_what_changed_is_residue(tmp_path: Path) -> None:
    found = torn_down(tmp_path, TypedStack(tmp_path, IMAGES, IMAGES | {"redis-cli dbsize": "4"})).of(Residue)
    assert found[0].items == ("`redis-cli dbsize` printed '4', before '3'",)


def test_fault_is_undone_before_the_stack_is_healed(tmp_path: Path) -> None:
    stack = TypedStack(tmp_path, IMAGES)
    torn_down(tmp_path, stack)
    assert stack.done == ["stop", "./scripts/rollback.sh", "heal"]


def test_stack_is_looked_at_when_it_was_healed(tmp_path: Path) -> None:
    ill, healed = {"docker ps": "none"}, IMAGES
    assert torn_down(tmp_path, TypedStack(tmp_path, ill, healed)).of(Residue)[0].items == ()


def test_undo_is_recorded_with_its_exit_code(tmp_path: Path) -> None:
    stack = TypedStack(tmp_path, IMAGES)
    stack.exit = 1
    undone = torn_down(tmp_path, stack).of(RanCommand, purpose="undo")
    assert [(ran.text, ran.exit) for ran in undone] == [("./scripts/rollback.sh", 1)]


def test_undo_that_fails_is_residue(tmp_path: Path) -> None:
    stack = TypedStack(tmp_path, IMAGES)
    stack.exit = 1
    found = torn_down(tmp_path, stack).of(Residue)
    assert found[0].items == ("the undo `./scripts/rollback.sh` ended with exit code 1: printed",)
    assert stack.done[-1] == "heal"


def test_stack_that_cannot_be_healed_is_residue_and_no_silence(tmp_path: Path) -> None:
    stack = TypedStack(tmp_path, IMAGES)
    stack.refuses_to_heal = SandboxError("postgres stays down")
    found = torn_down(tmp_path, stack).of(Residue)
    assert found[0].items == ("the stack could not be healed: postgres stays down",)


def test_residue_of_many_lines_names_those_that_differ(tmp_path: Path) -> None:
    stack = TypedStack(tmp_path, HASHES, {LINE: "a1 compose.yaml\nc3 nginx.conf\nd4 more.conf\n"})
    run = a_run(tmp_path, a_scenario(QuietFault()), stack=stack)
    with run.record:
        tear_down(run, HASHES)
    items = History(run.record.events).of(Residue)[0].items
    assert items == (f"`{LINE}` printed 'c3 nginx.conf\\nd4 more.conf', before 'b2 nginx.conf'",)
