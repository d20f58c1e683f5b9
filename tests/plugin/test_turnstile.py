"""One drill that keeps the machine busy at a time, on a slow machine beside no other; and nobody waits for ever."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from drills.plugin.capacity import Turnstile, place
from drills.plugin.drills import TURNSTILE, pytest_runtest_protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOON_S = 0.3
LIMIT_S = 10.0


class Drill:
    """Takes its place on a thread of its own and leaves it when told to."""

    def __init__(self, folder: Path, *, busy: bool, places: int = 2, takes: int = 1) -> None:
        self.held = threading.Event()
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._hold, args=(folder, places, busy, takes), daemon=True)
        self._thread.start()

    def _hold(self, folder: Path, places: int, busy: bool, takes: int) -> None:  # noqa: FBT001 - a thread's argument
        with place(folder, places, busy=busy, takes=takes):
            self.held.set()
            self._leave.wait(LIMIT_S)

    def end(self) -> None:
        self._leave.set()
        self._thread.join(LIMIT_S)


@pytest.mark.parametrize("places", [2, 3])
def test_ordinary_drills_are_held_side_by_side_while_there_are_places(tmp_path: Path, places: int) -> None:
    drills = [Drill(tmp_path, busy=False, places=places) for _ in range(places)]
    assert all(drill.held.wait(LIMIT_S) for drill in drills)
    one_more = Drill(tmp_path, busy=False, places=places)
    assert not one_more.held.wait(SOON_S)
    drills[-1].end()
    assert one_more.held.wait(LIMIT_S)
    for drill in (*drills, one_more):
        drill.end()


def test_three_places_are_for_a_busy_drill_and_ordinary_ones_but_not_for_two_busy_ones(tmp_path: Path) -> None:
    busy = Drill(tmp_path, busy=True, places=3)
    assert busy.held.wait(LIMIT_S)
    second = Drill(tmp_path, busy=True, places=3)
    assert not second.held.wait(SOON_S)
    ordinary = [Drill(tmp_path, busy=False, places=3) for _ in range(2)]
    assert all(drill.held.wait(LIMIT_S) for drill in ordinary)
    busy.end()
    assert second.held.wait(LIMIT_S)
    for drill in (second, *ordinary):
        drill.end()


def require_one_place_left_of_three(folder: Path, leave: Callable[[], None]) -> None:
    """See that one ordinary drill gets in and a second one only after *leave*."""
    ordinary = Drill(folder, busy=False, places=3)
    assert ordinary.held.wait(LIMIT_S)
    one_more = Drill(folder, busy=False, places=3)
    assert not one_more.held.wait(SOON_S)
    leave()
    assert one_more.held.wait(LIMIT_S)
    for drill in (ordinary, one_more):
        drill.end()


def test_a_drill_that_takes_two_of_three_places_leaves_one(tmp_path: Path) -> None:
    wide = Drill(tmp_path, busy=True, places=3, takes=2)
    assert wide.held.wait(LIMIT_S)
    require_one_place_left_of_three(tmp_path, wide.end)


def test_a_busy_drill_after_one_that_took_less_gets_what_it_takes(tmp_path: Path) -> None:
    worker = Turnstile(tmp_path, 3)
    worker.enter(busy=True)
    worker.enter(busy=True, takes=2)
    require_one_place_left_of_three(tmp_path, worker.leave)


def test_who_waits_for_two_places_keeps_the_first_that_becomes_free(tmp_path: Path) -> None:
    drills = [Drill(tmp_path, busy=False) for _ in range(2)]
    assert all(drill.held.wait(LIMIT_S) for drill in drills)
    busy = Drill(tmp_path, busy=True)
    assert not busy.held.wait(SOON_S)
    drills[0].end()
    following = Drill(tmp_path, busy=False)
    assert not following.held.wait(SOON_S)
    assert not busy.held.is_set()
    drills[1].end()
    assert busy.held.wait(LIMIT_S)
    busy.end()
    assert following.held.wait(LIMIT_S)
    following.end()


def test_busy_drill_waits_for_the_others_and_keeps_the_next_out(tmp_path: Path) -> None:
    first = Drill(tmp_path, busy=False)
    assert first.held.wait(LIMIT_S)
    busy = Drill(tmp_path, busy=True)
    assert not busy.held.wait(SOON_S)
    following = Drill(tmp_path, busy=False)
    assert not following.held.wait(SOON_S)
    first.end()
    assert busy.held.wait(LIMIT_S)
    assert not following.held.wait(SOON_S)
    busy.end()
    assert following.held.wait(LIMIT_S)
    following.end()


@pytest.mark.parametrize("takes", [1, 2])
def test_place_is_kept_from_one_busy_drill_to_the_next(tmp_path: Path, takes: int) -> None:
    worker = Turnstile(tmp_path, 2)
    worker.enter(busy=True)
    following = Drill(tmp_path, busy=False)
    assert not following.held.wait(SOON_S)  # by now it waits, and would be the next to get in
    worker.enter(busy=True, takes=takes)
    assert not following.held.wait(SOON_S)
    worker.leave()
    assert following.held.wait(LIMIT_S)
    following.end()


def test_ordinary_drill_after_a_busy_one_lets_others_in(tmp_path: Path) -> None:
    worker = Turnstile(tmp_path, 2)
    worker.enter(busy=True)
    worker.enter(busy=False)
    neighbour = Drill(tmp_path, busy=False)
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
    worker.enter(busy=busy)
    with pytest.raises(StopIteration):
        protocol.send(None)


@pytest.mark.parametrize(("busy", "following"), [(True, False), (True, None), (False, True), (False, None)])
def test_others_get_in_after_a_drill(tmp_path: Path, *, busy: bool, following: bool | None) -> None:
    worker = Turnstile(tmp_path, 2)
    held(worker, busy=busy, following=following)
    other = Drill(tmp_path, busy=True)
    assert other.held.wait(LIMIT_S)
    other.end()


def test_nobody_gets_in_between_two_busy_drills(tmp_path: Path) -> None:
    worker = Turnstile(tmp_path, 2)
    held(worker, busy=True, following=True)
    other = Drill(tmp_path, busy=True)
    assert not other.held.wait(SOON_S)
    worker.leave()
    assert other.held.wait(LIMIT_S)
    other.end()
