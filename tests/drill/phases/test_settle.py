"""`settle`: a recovery that harms something else, or that does not last one whole window, is not settled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from drills.checks.catalogue import Catalogue
from drills.checks.result import Attempt, CheckResult, Outcome
from drills.drill.phases import instruments, second_channel
from drills.drill.phases.settle import settle, settle_deadline_s
from drills.drill.suite import Suite
from drills.record.events import Failure, Milestone
from drills.record.history import History
from drills.record.measurements import Check
from tests.helpers.histories import (
    INJECTED,
    Event,
    event,
    milestone,
    samples,
    traffic,
)
from tests.helpers.runs import Foretold, QuietFault, SteppedRun, a_run, a_scenario, stepped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from drills.checks.context import CheckContext

WATCHED = 51.5
LATE, LONG = 70.0, 200.0
QUEUE = "Queue Depth"
BELOW_100: dict[str, Any] = {"op": "<", "value": 100.0, "text": "< 100"}
BELOW_1_PERCENT: dict[str, Any] = {"op": "<", "value": 0.01, "text": "< 1%"}
OTHER = "HighQueueDepth"
SUSTAIN_S = 10.0


def metric(name: str, start_s: float, end_s: float, value: float | None) -> list[Event]:
    """Return the polls of a key metric, each half second."""
    target = BELOW_100 if name == QUEUE else BELOW_1_PERCENT
    times = [start_s + step / 2 for step in range(int(2 * (end_s - start_s)))]
    return [event("key metric", t, name=name, value=value, target=target) for t in times]


def other(t: float, before: str, after: str) -> Event:
    return event("other alert", t, name=OTHER, **{"from": before, "to": after})


READ: list[str] = []


@pytest.fixture(autouse=True)
def nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read of a stack is tested where it is read."""
    READ.clear()
    monkeypatch.setattr(instruments, "record", lambda _, when: READ.append(when))
    monkeypatch.setattr(second_channel, "record_recovered", lambda *_: READ.append("second channel"))


def a_settling_run(folder: Path, *events: Event, at: float = LATE, journeys: Iterable[CheckResult] = ()) -> SteppedRun:
    """Return a run that recovered at 51.5 s and has just been verified; *events* come in their time."""
    run = a_run(folder, a_scenario(QuietFault(), "6.1"))
    system = replace(run.system, suite=Suite(journeys=lambda *_: journeys))
    record = Foretold(folder / "stepped")
    run = replace(run, system=system, limits=replace(run.limits, sustain_s=SUSTAIN_S))
    found = stepped(run, record)
    record.at = at
    fixed = [milestone("injected", INJECTED), milestone("watched", WATCHED), *traffic(1.0, LONG)]
    every = [*fixed, *samples(0.0, LONG, 1.0), *events]
    for facts in sorted(every, key=lambda facts: float(facts["t"])):
        record.write(**facts)
    return found


def key_metrics(run: SteppedRun, but: str = "") -> None:
    """Let every key metric of the run be at its target since the recovery, *but* one."""
    for known in run.system.key_metrics:
        target = {"op": known.target.op, "value": known.target.value, "text": known.target.text}
        for each in metric(known.name, WATCHED, LONG, 0.0) if known.name != but else ():
            run.record.write(**{**each, "target": target})


def settled_at(run: SteppedRun) -> float | None:
    return next(
        (event.t for event in run.record.events if isinstance(event, Milestone) and event.name == "settled"), None
    )


def failures(run: SteppedRun) -> list[Failure]:
    return History(run.record.events).of(Failure)


def test_settles_at_once_where_a_window_is_full_already(tmp_path: Path) -> None:
    run = a_settling_run(tmp_path)
    key_metrics(run)
    settle(run)
    assert (settled_at(run), run.record.now, failures(run)) == (WATCHED, LATE, [])


def test_waits_for_what_falls_slowly(tmp_path: Path) -> None:
    queue = [*metric(QUEUE, WATCHED, 75.5, 101.0), *metric(QUEUE, 75.5, LONG, 3.0)]
    run = a_settling_run(tmp_path, *queue)
    key_metrics(run, but=QUEUE)
    settle(run)
    assert (settled_at(run), run.record.now, failures(run)) == (75.0, 75.0 + SUSTAIN_S, [])


def test_reads_instruments_and_second_channel(tmp_path: Path) -> None:
    run = a_settling_run(tmp_path)
    key_metrics(run)
    settle(run)
    assert READ == ["recovered", "second channel"]


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param([other(45.0, "inactive", "pending")], id="another alert is pending"),
        pytest.param(metric(QUEUE, WATCHED, LONG, 600.0), id="the queue grows"),
        pytest.param(
            [{**each, "failed_rps": 2.0, "sent": 20, "failed": 2} for each in traffic(53.5, LONG)],
            id="uploads are refused",
        ),
    ],
)
def test_harm_is_recorded_and_the_drill_goes_on(tmp_path: Path, harm: list[Event]) -> None:
    run = a_settling_run(tmp_path, *harm, journeys=[a_journey()])
    key_metrics(run)
    settle(run)
    assert settled_at(run) is None
    assert [failure.phase for failure in failures(run)] == ["settle"]
    assert run.record.now == pytest.approx(LATE + settle_deadline_s(run), abs=1.0)
    assert journeys_of(run) == []


def test_unseen_key_metrics_are_not_settled(tmp_path: Path) -> None:
    run = a_settling_run(tmp_path)
    settle(run)
    assert (settled_at(run), len(failures(run))) == (None, 1)


def a_journey(outcome: Outcome = Outcome.PASS, attempts: int = 1) -> CheckResult:
    tries = (Attempt(0.0, 0.1, "seen", answered=True),) * attempts
    return CheckResult("sign-in", outcome, "seen", 0.1, "look", "a session", "here", tries)


def journeys_of(run: SteppedRun) -> list[tuple[str, bool]]:
    return [(check.name, check.ok) for check in History(run.record.events).of(Check, after="settled")]


@pytest.mark.parametrize(
    ("journey", "seen"),
    [
        pytest.param(a_journey(), [("sign-in", True)], id="passes"),
        pytest.param(a_journey(Outcome.FAIL), [("sign-in", False)], id="fails"),
        pytest.param(a_journey(Outcome.DEGRADED, attempts=2), [("sign-in", False)], id="passes at its second try"),
        pytest.param(a_journey(Outcome.SKIPPED, attempts=0), [], id="is left out"),
    ],
)
def test_journey_is_recorded_at_its_first_try(
    tmp_path: Path, journey: CheckResult, seen: list[tuple[str, bool]]
) -> None:
    run = a_settling_run(tmp_path, journeys=[journey])
    key_metrics(run)
    settle(run)
    assert journeys_of(run) == seen


class OneEssential(Catalogue):
    def essentials(self, context: CheckContext) -> list[CheckResult]:
        del context
        return [a_journey()]


def test_suite_without_journeys_has_its_essential_checks(tmp_path: Path) -> None:
    run = a_settling_run(tmp_path)
    run = replace(run, system=replace(run.system, suite=Suite(checks=lambda: OneEssential({}, {}))))
    key_metrics(run)
    settle(run)
    assert journeys_of(run) == [("sign-in", True)]


def test_deadline_has_room_for_the_longest_window_of_the_runbook(tmp_path: Path) -> None:
    run = a_settling_run(tmp_path)
    assert settle_deadline_s(run) > run.limits.quiet_s + run.limits.sustain_s
