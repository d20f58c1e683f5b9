"""A drill asks the fault whether it still goes on, and whether the solution reached it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from drills import Arm, Confirmation, Fault, Scenario, Symptom, SymptomChange, System, Verdict
from drills.drill.arm.head import head
from drills.drill.arm.listener import Listener
from drills.drill.arm.prepared import prepared
from drills.drill.arm.run import DrillStopped, Run
from drills.drill.phases import recovery, until_diagnosis
from drills.record.measurements import Check
from load.profiles import CALM
from tests.helpers.runs import A_RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CAUSE = "4.4"


class Talkative(Fault):
    """A fault that answers as a test says, and breaks nothing."""

    name = "talkative"

    def __init__(self, answer: Confirmation | None = None, *threads: Thread) -> None:
        self._answer = answer
        self._threads = threads

    def inject(self, system: System) -> None:
        pass

    def confirm(self, system: System) -> Confirmation:
        raise AssertionError(system)

    def solution_applied(self, system: System) -> Confirmation | None:
        del system
        return self._answer

    def background_threads(self) -> tuple[Thread, ...]:
        return self._threads


@contextmanager
def run_of(fault: Fault, system: System, folder: Path) -> Iterator[Run]:
    """Yield a run that is past its recovery and recorded no samples."""
    symptom = Symptom("redis-cli", "x", SymptomChange.APPEARS)
    scenario = Scenario(CAUSE, lambda: fault, CALM, symptom, "worker", original=Verdict.REFUTED)
    made = prepared(scenario, Arm.ORIGINAL, system, folder, Listener(), A_RUN)
    run = replace(made, incident=replace(made.incident, verification=()))
    with run.record:
        run.record.write("drill", t=0.0, **head(run))
        yield run


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "UNSEEN_S", 0.0)
    monkeypatch.setattr(until_diagnosis, "await_health", lambda *_: None)


def checks(run: Run) -> list[Check]:
    return [event for event in run.record.events if isinstance(event, Check)]


def ended(work: Callable[[], object]) -> Thread:
    thread = Thread(target=work, name="student-3")
    thread.start()
    thread.join()
    return thread


def test_fault_whose_client_has_ended_stops_the_drill(system: System, tmp_path: Path) -> None:
    fault = Talkative(None, ended(lambda: None))
    with (
        run_of(fault, system, tmp_path) as run,
        pytest.raises(DrillStopped, match=r"'talkative' to go on until the drill is over, .* \(student-3\)"),
    ):
        recovery.recover(run, 0.0)


def test_fault_that_goes_on_does_not(system: System, tmp_path: Path) -> None:
    halt = Event()
    going = Thread(target=halt.wait)
    going.start()
    try:
        with run_of(Talkative(None, going), system, tmp_path) as run:
            recovery.recover(run, 0.0)
    finally:
        halt.set()
        going.join()


@pytest.mark.parametrize("ok", [True, False])
def test_whether_the_solution_reached_the_fault_is_recorded_like_any_check(
    system: System, tmp_path: Path, *, ok: bool
) -> None:
    answer = Confirmation(ok, "limit of uploads", "some refused", "none refused")
    with run_of(Talkative(answer), system, tmp_path) as run:
        recovery.verify(run)
        (found,) = checks(run)
    assert (found.after, found.ok, found.name) == ("recover", ok, "limit of uploads")
    assert found.seen == ("none refused" if ok else "none refused, not some refused")


def test_fault_that_the_metric_alone_tells_of_adds_no_check(system: System, tmp_path: Path) -> None:
    with run_of(Talkative(), system, tmp_path) as run:
        recovery.verify(run)
        assert checks(run) == []
