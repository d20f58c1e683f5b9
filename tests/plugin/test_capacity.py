"""One exclusive drill at a time, on a slow machine beside no other; and no drill waits for ever."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from drills.plugin.capacity import Capacity, LeavesWhileWatching, slot
from drills.plugin.drills import CAPACITY, pytest_runtest_protocol
from drills.record.verdicts import Arm
from tests.helpers.own_runbook import OWN_RUNBOOK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SOON_S = 0.3
LIMIT_S = 10.0


class Drill:
    """Holds its slots on a thread of its own and leaves it when told to."""

    def __init__(self, folder: Path, *, exclusive: bool, slots: int = 2, weight: int = 1) -> None:
        self.held = threading.Event()
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._hold, args=(folder, slots, exclusive, weight), daemon=True)
        self._thread.start()

    def _hold(self, folder: Path, slots: int, exclusive: bool, weight: int) -> None:  # noqa: FBT001 - a thread's argument
        with slot(folder, slots, exclusive=exclusive, weight=weight):
            self.held.set()
            self._leave.wait(LIMIT_S)

    def end(self) -> None:
        self._leave.set()
        self._thread.join(LIMIT_S)


@pytest.mark.parametrize("slots", [2, 3])
def test_ordinary_drills_are_held_side_by_side_while_there_are_slots(tmp_path: Path, slots: int) -> None:
    drills = [Drill(tmp_path, exclusive=False, slots=slots) for _ in range(slots)]
    assert all(drill.held.wait(LIMIT_S) for drill in drills)
    one_more = Drill(tmp_path, exclusive=False, slots=slots)
    assert not one_more.held.wait(SOON_S)
    drills[-1].end()
    assert one_more.held.wait(LIMIT_S)
    for drill in (*drills, one_more):
        drill.end()


def test_three_slots_are_for_one_exclusive_drill_and_ordinary_ones(
    tmp_path: Path,
) -> None:
    exclusive = Drill(tmp_path, exclusive=True, slots=3)
    assert exclusive.held.wait(LIMIT_S)
    second = Drill(tmp_path, exclusive=True, slots=3)
    assert not second.held.wait(SOON_S)
    ordinary = [Drill(tmp_path, exclusive=False, slots=3) for _ in range(2)]
    assert all(drill.held.wait(LIMIT_S) for drill in ordinary)
    exclusive.end()
    assert second.held.wait(LIMIT_S)
    for drill in (second, *ordinary):
        drill.end()


def require_one_slot_left_of_three(folder: Path, leave: Callable[[], None]) -> None:
    """See that one ordinary drill gets in and a second one only after *leave*."""
    ordinary = Drill(folder, exclusive=False, slots=3)
    assert ordinary.held.wait(LIMIT_S)
    one_more = Drill(folder, exclusive=False, slots=3)
    assert not one_more.held.wait(SOON_S)
    leave()
    assert one_more.held.wait(LIMIT_S)
    for drill in (ordinary, one_more):
        drill.end()


def test_a_drill_of_weight_two_leaves_one_of_three_slots(tmp_path: Path) -> None:
    wide = Drill(tmp_path, exclusive=True, slots=3, weight=2)
    assert wide.held.wait(LIMIT_S)
    require_one_slot_left_of_three(tmp_path, wide.end)


def test_an_exclusive_drill_after_a_lighter_one_gets_the_slots_of_its_weight(tmp_path: Path) -> None:
    worker = Capacity(tmp_path, 3)
    worker.enter(exclusive=True)
    worker.enter(exclusive=True, weight=2)
    require_one_slot_left_of_three(tmp_path, worker.leave)


def test_a_drill_that_waits_for_two_slots_keeps_the_first_that_becomes_free(tmp_path: Path) -> None:
    drills = [Drill(tmp_path, exclusive=False) for _ in range(2)]
    assert all(drill.held.wait(LIMIT_S) for drill in drills)
    exclusive = Drill(tmp_path, exclusive=True)
    assert not exclusive.held.wait(SOON_S)
    drills[0].end()
    following = Drill(tmp_path, exclusive=False)
    assert not following.held.wait(SOON_S)
    assert not exclusive.held.is_set()
    drills[1].end()
    assert exclusive.held.wait(LIMIT_S)
    exclusive.end()
    assert following.held.wait(LIMIT_S)
    following.end()


def test_exclusive_drill_waits_for_the_others_and_keeps_the_next_out(tmp_path: Path) -> None:
    first = Drill(tmp_path, exclusive=False)
    assert first.held.wait(LIMIT_S)
    exclusive = Drill(tmp_path, exclusive=True)
    assert not exclusive.held.wait(SOON_S)
    following = Drill(tmp_path, exclusive=False)
    assert not following.held.wait(SOON_S)
    first.end()
    assert exclusive.held.wait(LIMIT_S)
    assert not following.held.wait(SOON_S)
    exclusive.end()
    assert following.held.wait(LIMIT_S)
    following.end()


@pytest.mark.parametrize("weight", [1, 2])
def test_slot_is_kept_from_one_exclusive_drill_to_the_next(tmp_path: Path, weight: int) -> None:
    worker = Capacity(tmp_path, 2)
    worker.enter(exclusive=True)
    following = Drill(tmp_path, exclusive=False)
    assert not following.held.wait(SOON_S)  # by now it waits, and would be the next to get in
    worker.enter(exclusive=True, weight=weight)
    assert not following.held.wait(SOON_S)
    worker.leave()
    assert following.held.wait(LIMIT_S)
    following.end()


def test_ordinary_drill_after_an_exclusive_one_lets_others_in(tmp_path: Path) -> None:
    worker = Capacity(tmp_path, 2)
    worker.enter(exclusive=True)
    worker.enter(exclusive=False)
    neighbour = Drill(tmp_path, exclusive=False)
    assert neighbour.held.wait(LIMIT_S)
    neighbour.end()
    worker.leave()


@pytest.fixture
def worker(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[Capacity]:
    """Stand in for the capacity of this run, which has one of its own where it may hold drills."""
    own = pytestconfig.stash.get(CAPACITY, None)
    pytestconfig.stash[CAPACITY] = found = Capacity(tmp_path, 2)
    yield found
    if own is None:
        del pytestconfig.stash[CAPACITY]
    else:
        pytestconfig.stash[CAPACITY] = own


@pytest.fixture
def run_through(request: pytest.FixtureRequest, worker: Capacity) -> Callable[[bool, bool | None], None]:
    """Return a function that takes a drill through pytest's protocol."""

    def drill(*, exclusive: bool) -> pytest.Item:
        item: pytest.Item = pytest.Function.from_parent(request.node.parent, name="test_drill", callobj=lambda: None)
        if exclusive:
            item.add_marker(pytest.mark.exclusive)
        return item

    def protocol(exclusive: bool, following: bool | None) -> None:  # noqa: FBT001 - as the parameters of the test
        after = None if following is None else drill(exclusive=following)
        steps = pytest_runtest_protocol(drill(exclusive=exclusive), after)
        next(steps)
        worker.enter(exclusive=exclusive)
        with pytest.raises(StopIteration):
            steps.send(None)

    return protocol


@pytest.mark.parametrize(("exclusive", "following"), [(True, False), (True, None), (False, True), (False, None)])
def test_others_get_in_after_a_drill(
    tmp_path: Path, run_through: Callable[[bool, bool | None], None], *, exclusive: bool, following: bool | None
) -> None:
    run_through(exclusive, following)
    other = Drill(tmp_path, exclusive=True)
    assert other.held.wait(LIMIT_S)
    other.end()


def test_no_drill_gets_in_between_two_exclusive_ones(
    tmp_path: Path, worker: Capacity, run_through: Callable[[bool, bool | None], None]
) -> None:
    run_through(True, True)  # noqa: FBT003
    other = Drill(tmp_path, exclusive=True)
    assert not other.held.wait(SOON_S)
    worker.leave()
    assert other.held.wait(LIMIT_S)
    other.end()


@pytest.mark.parametrize("arm", Arm)
def test_slots_are_left_only_while_a_placebo_is_watched(arm: Arm, tmp_path: Path) -> None:
    capacity = Capacity(tmp_path, 2)
    capacity.enter(exclusive=True)
    listener = LeavesWhileWatching(capacity.leave)
    target = OWN_RUNBOOK.target(OWN_RUNBOOK.incident(4))
    listener.arm_began("4.1", arm, target, target)
    for phase in ("diagnose", "resolve"):
        listener.phase_began(phase, 1.0)
    waiting = Drill(tmp_path, exclusive=False)
    assert not waiting.held.wait(SOON_S)
    listener.phase_began("recover", 60.0)
    assert waiting.held.wait(LIMIT_S if arm is Arm.PLACEBO else SOON_S) is (arm is Arm.PLACEBO)
    capacity.leave()
    waiting.end()
