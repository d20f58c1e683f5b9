"""Healing types a line again while a container restarts, and gives up with the line's last words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from drills.sandbox import descriptor
from drills.sandbox.errors import SandboxError
from drills.sandbox.stack import RESTART_S, Stack
from drills.sandbox.terminal import Ran
from tests.helpers.small_stack import described

if TYPE_CHECKING:
    from pathlib import Path


class DyingSandbox:
    """Answers a line with exit 1 as often as *failures* says, and then with exit 0."""

    def __init__(self, failures: float) -> None:
        self.typed: list[str] = []
        self._failures = failures

    def set_cpu_shares(self) -> None:
        pass

    def put(self, files: dict[str, bytes]) -> None:
        pass

    def run(self, line: str, **_: Any) -> Ran:
        self.typed.append(line)
        exit_code = int(len(self.typed) <= self._failures)
        return Ran(line, "the database system is starting up", exit_code, 0.0)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let a pause pass at once, on a clock that counts it."""
    now = [0.0]
    monkeypatch.setattr("drills.common.waiting.time.monotonic", lambda: now[0])
    monkeypatch.setattr("drills.common.waiting.time.sleep", lambda s: now.__setitem__(0, now[0] + s))
    return now


def healed(folder: Path, failures: float) -> DyingSandbox:
    sandbox: Any = DyingSandbox(failures)
    Stack(descriptor.read(described(folder)), sandbox, {}, folder).heal()
    found: DyingSandbox = sandbox
    return found


def test_a_line_that_succeeds_is_typed_once(tmp_path: Path) -> None:
    assert healed(tmp_path, 0).typed == ["docker-compose up -d"]


def test_a_line_is_typed_again_while_its_container_restarts(tmp_path: Path) -> None:
    assert len(healed(tmp_path, 3).typed) == 4


def test_a_line_that_never_succeeds_ends_with_its_last_words(tmp_path: Path, clock: list[float]) -> None:
    with pytest.raises(SandboxError, match=r"exit 1: the database system is starting up.*`docker-compose up -d`"):
        healed(tmp_path, float("inf"))
    assert clock[0] <= RESTART_S + 1
