"""The head of a record has the runbook's promises with their sources, their scaled time, and why one is not judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from drills.drill.arm.limits import PHYSICAL_S
from drills.drill.arm.promised import NOT_UNDERSTOOD, promised
from drills.drill.phases import out_of_memory
from drills.drill.suite import Suite
from drills.record.events import Failure
from drills.record.history import History
from drills.record.measurements import OutOfMemory
from drills.sandbox.terminal import Ran
from scenarios.suite import SUITE
from tests.helpers.runs import QuietFault, TypedSandbox, a_run, a_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.arm.run import Run


def run_of(folder: Path, cause: str, suite: Suite | None = None) -> Run:
    run = a_run(folder, a_scenario(QuietFault(), cause))
    return replace(run, system=replace(run.system, suite=suite or Suite()))


def promise(run: Run, text: str) -> dict[str, Any]:
    (found,) = [each for each in promised(run) if text in each["text"]]
    return found


def test_time_is_scaled_as_that_of_a_row(tmp_path: Path) -> None:
    run = run_of(tmp_path, "1.1")
    found = promise(run, "below 1%")
    assert found["within_s"] == PHYSICAL_S + run.limits.rate_s
    assert (found["sources"], found["limit"]["value"], found["not_judged"]) == ([], 0.01, "")


def test_quantity_of_another_incident_is_measured_by_a_key_metric(tmp_path: Path) -> None:
    assert promise(run_of(tmp_path, "2.1"), "The queue grows")["sources"] == ["Queue Depth"]


@pytest.mark.parametrize(
    ("cause", "text", "why"),
    [
        ("2.1", "Browsers give up", NOT_UNDERSTOOD),
        ("3.1", "Services stop answering", "no key metric of the runbook measures health"),
        ("7.1", "By hand", "the suite has no journey that signs in with a browser"),
    ],
)
def test_what_is_not_judged_has_its_reason(tmp_path: Path, cause: str, text: str, why: str) -> None:
    assert promise(run_of(tmp_path, cause), text)["not_judged"] == why


def test_sign_in_is_a_journey_of_the_suite(tmp_path: Path) -> None:
    found = promise(run_of(tmp_path, "7.1", SUITE), "By hand")
    assert (found["sources"], found["not_judged"]) == ([SUITE.browser_sign_in], "")


LINES = "pdf-worker 0123456789ab true 2 2026-11-30T20:00:00Z\nredis ba9876543210 false 0 2026-11-30T19:00:00Z\n"


def inspecting(run: Run, monkeypatch: pytest.MonkeyPatch, printed: str, code: int = 0) -> History:
    monkeypatch.setattr(TypedSandbox, "run", lambda _, line: Ran(line, printed, code, 0.1))
    out_of_memory.record(run, "settled")
    return History(run.record.events)


def test_killed_containers_are_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = inspecting(run_of(tmp_path, "3.1"), monkeypatch, LINES).of(OutOfMemory)
    assert found.killed == ("pdf-worker (started 2026-11-30T20:00:00Z)",)
    assert found.restarts == {"pdf-worker/0123456789ab": 2, "redis/ba9876543210": 0}


def test_container_that_went_away_is_an_error_and_no_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = inspecting(run_of(tmp_path, "3.1"), monkeypatch, "Error: No such object", 1)
    assert (history.of(OutOfMemory), len(history.of(Failure))) == ([], 1)


def test_containers_are_only_inspected_where_something_is_promised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inspecting(run_of(tmp_path, "6.1"), monkeypatch, LINES).of(OutOfMemory) == []
