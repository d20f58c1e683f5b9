"""The slots of a machine follow from its speed and memory, and are never fewer than AT_LEAST."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from drills.plugin import slots
from drills.plugin.drills import SLOTS, pytest_configure_node, pytest_xdist_auto_num_workers
from drills.plugin.session import run_id
from drills.plugin.slots import AT_LEAST, CHARACTERS_PER_S, MEMORY_KIB, slots_for
from drills.plugin.workers import RUN, Workers
from tests.helpers.paths import RUNBOOK

PLENTY = 100.0 * MEMORY_KIB


@pytest.mark.parametrize(("speed", "expected"), [(0.3, 2), (0.9, 2), (1.0, 2), (1.49, 2), (1.5, 3), (1.9, 3), (2.0, 4)])
def test_two_cores_have_as_many_slots_as_they_are_fast(speed: float, expected: int) -> None:
    assert slots_for(2, speed * CHARACTERS_PER_S, PLENTY) == expected


def test_more_cores_have_more_slots() -> None:
    assert slots_for(8, CHARACTERS_PER_S, PLENTY) == 8


def test_no_more_slots_than_memory_for_them() -> None:
    assert slots_for(8, CHARACTERS_PER_S, 3.5 * MEMORY_KIB) == 3
    assert slots_for(8, CHARACTERS_PER_S, 0.5 * MEMORY_KIB) == AT_LEAST


def test_speed_is_that_of_the_best_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    check_results = iter([9.0, 9.0, 0.004, 9.0, 9.0, 9.0, 9.0])
    asked: list[tuple[int, float, float]] = []

    def seen(cores: int, per_s: float, available_kib: float) -> int:
        asked.append((cores, per_s, available_kib))
        return 7

    monkeypatch.setattr(slots, "_seconds", lambda _: next(check_results))
    monkeypatch.setattr(slots, "slots_for", seen)
    slots.slots.cache_clear()
    try:
        assert slots.slots(RUNBOOK) == 7
    finally:
        slots.slots.cache_clear()
    cores, per_s, available_kib = asked[0]
    assert cores >= 1
    assert available_kib > 0
    assert per_s == pytest.approx(len(RUNBOOK.read_text(encoding="utf-8")) / 0.004)


def test_a_run_and_all_its_workers_go_by_the_same_number(
    monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    monkeypatch.setattr("drills.plugin.drills.slots", lambda _: 5)
    monkeypatch.setattr("drills.plugin.drills.workers", lambda _: 6)
    node = SimpleNamespace(workerinput={}, config=pytestconfig)
    pytest_configure_node(node)
    assert node.workerinput[SLOTS] == 5
    assert pytest_xdist_auto_num_workers(pytestconfig) == 6
    Workers("a run").pytest_configure_node(node)
    assert node.workerinput[RUN] == "a run"


def test_a_worker_has_the_id_of_its_run_and_each_run_its_own() -> None:
    worker: Any = SimpleNamespace(workerinput={RUN: "the run"})
    alone: Any = SimpleNamespace()
    assert run_id(worker) == "the run"
    assert run_id(alone) != run_id(alone)


@pytest.mark.parametrize(("sandboxes", "expected"), [(1.5, 2), (2.9, 2), (3.0, 3), (9.0, 3)])
def test_one_sandbox_more_than_slots_may_be_watched_where_there_is_memory_for_it(
    sandboxes: float, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "slots", lambda _: 2)
    monkeypatch.setattr(slots, "available_kib", lambda: sandboxes * slots.MEMORY_KIB)
    assert slots.workers(RUNBOOK) == expected
