"""A neighbour that takes processors or memory away leads to fewer slots while the run goes on; that is measured."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from drills.common.waiting import WaitTimeout
from drills.plugin import recount
from drills.plugin.capacity import slot
from drills.plugin.recount import Recount, Seen, look, slots_now
from drills.plugin.slots import MEMORY_KIB
from drills.sandbox import own_load
from drills.sandbox.machine import computing_s

if TYPE_CHECKING:
    from pathlib import Path

PLENTY_KIB = 10.0 * MEMORY_KIB
BUSY = "while True: pass"


@pytest.mark.parametrize(
    ("first", "cores", "others", "slots"),
    [(2, 2, 0.1, 2), (2, 2, 0.8, 1), (2, 2, 2.0, 1), (3, 2, 0.8, 2), (8, 8, 0.3, 8), (8, 8, 4.0, 4), (8, 8, 8.0, 1)],
)
def test_others_that_compute_leave_fewer_slots(first: int, cores: int, others: float, slots: int) -> None:
    assert slots_now(first, PLENTY_KIB, 1, Seen(cores, others, PLENTY_KIB)) == slots


@pytest.mark.parametrize(
    ("first_kib", "taken", "available_kib", "slots"),
    [
        (PLENTY_KIB, 1, PLENTY_KIB, 4),
        (PLENTY_KIB, 1, 1.5 * MEMORY_KIB, 2),
        (PLENTY_KIB, 1, 0.5 * MEMORY_KIB, 1),
        (PLENTY_KIB, 0, 0.0, 1),
        (2.0 * MEMORY_KIB, 1, 1.5 * MEMORY_KIB, 4),
    ],
)
def test_others_that_fill_the_memory_leave_fewer_slots(
    first_kib: float, taken: int, available_kib: float, slots: int
) -> None:
    assert slots_now(4, first_kib, taken, Seen(4, 0.0, available_kib)) == slots


@pytest.fixture
def no_sandboxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_load, "_sandboxes_s", lambda _: {})


@pytest.mark.usefixtures("no_sandboxes")
def test_a_busy_process_is_ours_or_another_s() -> None:
    """One core is kept busy: it counts where its parent is not of this run, and not where it is."""
    with subprocess.Popen([sys.executable, "-c", BUSY]) as busy:
        try:
            as_others, as_own = look(1 << 30).others_cores, look(os.getpid()).others_cores
        finally:
            busy.kill()
    assert as_others > 0.3
    assert as_own < as_others + 0.3  # what else runs on this machine counts both times


@pytest.mark.usefixtures("no_sandboxes")
def test_the_processor_time_of_children_is_our_own() -> None:
    before = own_load.own_s(os.getpid())
    with subprocess.Popen([sys.executable, "-c", BUSY]) as busy:
        try:
            threading.Event().wait(1.0)
            during = own_load.own_s(os.getpid())
        finally:
            busy.kill()
    assert own_load.between_s(before, during) > 0.1


def test_fewer_slots_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    seen = [Seen(2, 0.0, PLENTY_KIB), *[Seen(2, 1.6, PLENTY_KIB)] * 2, Seen(2, 0.0, PLENTY_KIB)]
    monkeypatch.setattr(recount, "look", lambda _: seen.pop(0))
    counted = Recount(2, PLENTY_KIB, said.append)
    assert [counted(1) for _ in range(4)] == [2, 1, 1, 2]
    assert [text.split(",")[0] for text in said] == ["slots: 1 of 2", "slots: 2 of 2"]
    assert "other processes take 1.6 of 2 processors" in said[0]


def test_a_drill_waits_while_there_are_fewer_slots(tmp_path: Path) -> None:
    with slot(tmp_path, 2, exclusive=False):
        with pytest.raises(WaitTimeout, match="expected a free slot"):
            _hold(tmp_path, now=1)
        _hold(tmp_path, now=2)


def test_a_drill_that_is_alone_runs_on_the_busiest_machine(tmp_path: Path) -> None:
    _hold(tmp_path, now=0)


def _hold(folder: Path, now: int) -> None:
    with slot(folder, 2, exclusive=False, recount=lambda _: now, limit_s=0.2):
        pass


@pytest.mark.parametrize(("niceness", "seconds"), [(0, 3.0), (-5, 3.0), (10, 4.0)])
def test_what_gives_way_takes_no_slot(niceness: int, seconds: float) -> None:
    a_second = os.sysconf("SC_CLK_TCK")
    user, nice, system, idle, waiting, irq, soft = a_second, a_second, a_second, 9, 9, a_second // 2, a_second // 2
    assert computing_s([user, nice, system, idle, waiting, irq, soft, 0], niceness) == seconds


def test_what_a_hypervisor_gives_to_other_machines_is_computed_elsewhere() -> None:
    a_second = os.sysconf("SC_CLK_TCK")
    assert computing_s([0, 0, 0, 0, 0, 0, 0, a_second], 0) == 1.0


def test_a_sandbox_that_has_gone_or_is_new_makes_no_noise() -> None:
    before, after = {"processes": 5.0, "gone": 500.0}, {"processes": 6.0, "new": 2.0}
    assert own_load.between_s(before, after) == 3.0
