"""Who keeps the machine busy has it alone; all others share it, and nobody waits for ever."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from scenarios.conftest import TURNSTILE, pytest_runtest_protocol
from scenarios.turnstile import Turnstile, place

if TYPE_CHECKING:
    from pathlib import Path

SOON_S = 0.3
LIMIT_S = 10.0


class Drill:
    """Takes its place on a thread of its own and leaves it when told to."""

    def __init__(self, folder: Path, *, alone: bool) -> None:
        self.held = threading.Event()
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._hold, args=(folder, alone), daemon=True)
        self._thread.start()

    def _hold(self, folder: Path, alone: bool) -> None:  # noqa: FBT001 - a thread's argument
        with place(folder, alone=alone):
            self.held.set()
            self._leave.wait(LIMIT_S)

    def end(self) -> None:
        self._leave.set()
        self._thread.join(LIMIT_S)


def test_ordinary_drills_are_held_side_by_side(tmp_path: Path) -> None:
    drills = [Drill(tmp_path, alone=False) for _ in range(2)]
    assert all(drill.held.wait(LIMIT_S) for drill in drills)
    for drill in drills:
        drill.end()


def test_busy_drill_waits_for_the_others_and_keeps_the_next_out(tmp_path: Path) -> None:
    first = Drill(tmp_path, alone=False)
    assert first.held.wait(LIMIT_S)
    busy = Drill(tmp_path, alone=True)
    assert not busy.held.wait(SOON_S)
    following = Drill(tmp_path, alone=False)
    assert not following.held.wait(SOON_S)
    first.end()
    assert busy.held.wait(LIMIT_S)
    assert not following.held.wait(SOON_S)
    busy.end()
    assert following.held.wait(LIMIT_S)
    following.end()


def test_place_is_kept_from_one_busy_drill_to_the_next(tmp_path: Path) -> None:
    worker = Turnstile(tmp_path)
    worker.enter(alone=True)
    following = Drill(tmp_path, alone=False)
    assert not following.held.wait(SOON_S)  # by now it waits, and would be the next to get in
    worker.enter(alone=True)
    assert not following.held.wait(SOON_S)
    worker.leave()
    assert following.held.wait(LIMIT_S)
    following.end()


def test_ordinary_drill_after_a_busy_one_lets_others_in(tmp_path: Path) -> None:
    worker = Turnstile(tmp_path)
    worker.enter(alone=True)
    worker.enter(alone=False)
    neighbour = Drill(tmp_path, alone=False)
    assert neighbour.held.wait(LIMIT_S)
    neighbour.end()
    worker.leave()


def drill(worker: Turnstile, *, busy: bool) -> pytest.Item:
    config = SimpleNamespace(stash={TURNSTILE: worker})
    return cast("pytest.Item", SimpleNamespace(config=config, get_closest_marker=lambda _: busy or None))


def held(worker: Turnstile, *, busy: bool, following: bool | None) -> None:
    """Go through the protocol of a drill as pytest does."""
    after = None if following is None else drill(worker, busy=following)
    protocol = pytest_runtest_protocol(drill(worker, busy=busy), after)
    next(protocol)
    worker.enter(alone=busy)
    with pytest.raises(StopIteration):
        protocol.send(None)


@pytest.mark.parametrize(("busy", "following"), [(True, False), (True, None), (False, True), (False, None)])
def test_others_get_in_after_a_drill(tmp_path: Path, *, busy: bool, following: bool | None) -> None:
    worker = Turnstile(tmp_path)
    held(worker, busy=busy, following=following)
    other = Drill(tmp_path, alone=True)
    assert other.held.wait(LIMIT_S)
    other.end()


def test_nobody_gets_in_between_two_busy_drills(tmp_path: Path) -> None:
    worker = Turnstile(tmp_path)
    held(worker, busy=True, following=True)
    other = Drill(tmp_path, alone=True)
    assert not other.held.wait(SOON_S)
    worker.leave()
    assert other.held.wait(LIMIT_S)
    other.end()
