"""What is seen in the guest holds only where it is what was expected; a look that fails has not held."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from drills.sandbox.terminal import Ran
from tests.host import drill, guest_disk
from tests.host.guest_disk import GuestDiskError, release
from tests.host.plan import GuestPlan
from tests.host.proofs import DRILL, LOOKS, MEMORY_MIB, NAMES, PROCESSES, STARTS, Look

if TYPE_CHECKING:
    from pathlib import Path

SEEN = {
    "subtree_control": ("cpuset cpu io memory pids", "cpuset cpu io memory"),
    "memory.max": (str(MEMORY_MIB * 2**20), "max"),
    "pids.max": (str(PROCESSES), "max"),
    "CgroupVersion": ("2", "1"),
    "State.OOMKilled": ("OOMKilled true, exit 137", "OOMKilled false, exit 137"),
    "docker stats": ("428KiB / 64MiB 1", "0B / 0B 0"),
    "oom_kill": ("oom_kill 3", "oom_kill 0"),
}


class Console:
    """Answers each line with the *column* of SEEN whose word is in it."""

    def __init__(self, column: int) -> None:
        self._column = column

    def run(self, line: str, **_: Any) -> Ran:
        seen = next((each for word, each in SEEN.items() if word in line), ("", ""))[self._column]
        return Ran(line, f"{seen}\r\n", 7 * (self._column == 0 and "curl" in line), 1.0)


BY_ENGINE = {"control groups", "privileges of the sandbox", "exporter of the reference stack", "CPU shares"}
"""Looks that ask more than a console."""


@pytest.mark.parametrize("look", [look for look in LOOKS if look.name not in BY_ENGINE], ids=lambda look: look.name)
def test_what_is_right_holds_and_what_is_wrong_does_not(look: Look) -> None:
    right: Any = Console(0)
    wrong: Any = Console(1)
    assert look.proof(right).held, look.proof(right).seen
    assert not look.proof(wrong).held


def test_a_look_that_fails_is_what_was_seen() -> None:
    def broken(_: object) -> str:
        raise OSError("no such file")

    proof = Look("a file", "there", broken, lambda _: True).proof(None)  # type: ignore[arg-type]
    assert (proof.held, proof.seen) == (False, "OSError: no such file")


def test_every_name_is_one_of_its_own() -> None:
    assert (NAMES[0], NAMES[-1], len(set(NAMES))) == (STARTS, DRILL, len(LOOKS) + 2)


def test_each_arm_tells_its_verdict_or_how_the_run_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drill, "OUTPUT", tmp_path)
    monkeypatch.setattr(drill, "SYSTEM", tmp_path / "notes")
    folder = tmp_path / "drills" / f"{drill.CAUSE}-documented"
    folder.mkdir(parents=True)
    (folder / "verdict.json").write_text(json.dumps({"verdict": "CONFIRMED"}))
    monkeypatch.setattr("tests.host.drill.sys.executable", "false")
    assert drill.drilled() == "documented CONFIRMED, placebo without a verdict (exit 1)"


def test_the_plan_comes_back_as_it_was_written(tmp_path: Path) -> None:
    plan = GuestPlan("base", "image", "one", "two")
    plan.write(tmp_path / "plan.json")
    assert GuestPlan.read(tmp_path / "plan.json") == plan


def test_a_python_without_a_release_of_debian_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert release() in {"bookworm", "trixie"} or sys.version_info[:2] not in guest_disk.RELEASES
    monkeypatch.setattr(guest_disk, "RELEASES", {})
    with pytest.raises(GuestDiskError, match="its Python has to be"):
        release()
