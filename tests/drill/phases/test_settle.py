"""`settle`: a recovery that harms something else, or that does not last one whole window, is not settled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from drills.checks.catalogue import Catalogue
from drills.checks.result import Attempt, CheckResult, Outcome
from drills.drill.phases import instruments, second_channel
from drills.drill.phases.settle import settle, settle_deadline_s, unsettled
from drills.drill.suite import Suite
from drills.record.events import Failure, Milestone
from drills.record.history import History
from drills.record.measurements import Check
from tests.helpers.histories import (
    INJECTED,
    Event,
    Story,
    documented,
    drop,
    event,
    milestone,
    put,
    samples,
    told,
    traffic,
)
from tests.helpers.runs import Foretold, QuietFault, SteppedRun, a_run, a_scenario, stepped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from drills.checks.context import CheckContext

WATCHED = 51.5
START, LATE, LONG = 60.0, 70.0, 200.0
QUEUE, ERRORS = "Queue Depth", "Error Rate"
NAMES = (QUEUE, ERRORS)
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


def well(*, queue: Iterable[Event] = (), clients: Iterable[Event] = ()) -> Story:
    """Tell of a drill after which all is as before; other polls of the queue or other traffic may be given."""
    return put(
        drop(drop(documented(), "traffic", 52.5, LONG), "key metric", 0.0, LONG),
        *(queue or metric(QUEUE, WATCHED, LONG, 3.0)),
        *metric(ERRORS, WATCHED, LONG, 0.0),
        *(clients or traffic(53.0, LONG)),
    )


def why(story: Story, start_s: float = START) -> str | None:
    return unsettled(told(story), NAMES, start_s, start_s + SUSTAIN_S)


def test_window_in_which_all_is_as_before_is_settled() -> None:
    assert why(well()) is None


def test_window_that_begins_before_the_end_of_the_recovery_does_not_count() -> None:
    assert "no whole sustain window" in (why(well(), WATCHED - 1.0) or "")


@pytest.mark.parametrize("state", ["pending", "firing"])
def test_other_alert_that_is_active_throughout_is_not_settled(state: str) -> None:
    assert why(put(well(), other(45.0, "inactive", state))) == f"the alert {OTHER} was {state}"


def test_other_alert_that_becomes_active_in_the_window_is_not_settled() -> None:
    assert why(put(well(), other(65.0, "inactive", "pending"), other(66.0, "pending", "inactive"))) is not None


def test_alert_that_ends_in_the_window_was_active_in_it() -> None:
    assert why(put(well(), other(45.0, "inactive", "firing"), other(61.0, "firing", "inactive"))) is not None


def test_other_alert_that_is_over_before_the_window_is_settled() -> None:
    assert why(put(well(), other(45.0, "inactive", "firing"), other(59.0, "firing", "inactive"))) is None


def test_own_alert_that_comes_again_is_not_settled() -> None:
    again: dict[str, Any] = {"from": "inactive", "to": "pending"}
    assert why(put(well(), event("alert", 65.0, **again))) == "the alert DatabaseConnectionPoolExhausted was pending"


def test_alerts_that_are_not_seen_are_not_settled() -> None:
    assert why(put(well(), event("unseen alerts", 65.0))) == "the alerts' states were not seen"


def test_key_metric_off_its_target_once_is_not_settled() -> None:
    story = put(well(), event("key metric", 65.2, name=QUEUE, value=600.0, target=BELOW_100))
    assert why(story) == "Queue Depth was 600.0, not < 100"


def test_key_metric_without_a_value_is_not_settled() -> None:
    assert why(put(well(), event("key metric", 65.2, name=QUEUE, value=None, target=BELOW_100))) is not None


@pytest.mark.parametrize("until", [WATCHED + 1.0, 64.0], ids=["never in the window", "only at its begin"])
def test_key_metric_that_is_not_seen_is_not_settled(until: float) -> None:
    assert why(well(queue=metric(QUEUE, WATCHED, until, 3.0))) == "Queue Depth was not seen"


def test_clients_that_fail_more_than_before_are_not_settled() -> None:
    refused = [{**each, "failed_rps": 2.0, "sent": 20, "failed": 2} for each in traffic(53.0, LONG)]
    assert why(well(clients=refused)) == "10.0% of the requests failed, before the fault 0.0%"


def test_clients_that_failed_as_often_before_are_settled() -> None:
    story = [
        {**each, "failed_rps": 2.0, "sent": 20, "failed": 2} if each["kind"] == "traffic" else each for each in well()
    ]
    assert why(tuple(story)) is None


def test_exact_counts_are_used_where_there_are_any() -> None:
    counted = [{**each, "sent": 20, "failed": 1} for each in traffic(53.0, LONG)]
    assert why(well(clients=counted)) == "5.0% of the requests failed, before the fault 0.0%"


def test_too_little_traffic_is_not_settled() -> None:
    assert "too little traffic" in (why(well(clients=traffic(53.0, LONG, achieved_rps=2.0))) or "")


def test_system_without_key_metrics_settles_by_its_alerts_and_clients() -> None:
    assert unsettled(told(put(documented(), *traffic(53.0, LONG))), (), START, START + SUSTAIN_S) is None


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


def key_metrics(run: SteppedRun, start_s: float = WATCHED, end_s: float = LONG) -> None:
    """Let every key metric of the run be at its target from a moment on."""
    for known in run.system.key_metrics:
        target = {"op": known.target.op, "value": known.target.value, "text": known.target.text}
        for each in metric(known.name, start_s, end_s, 0.0):
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
    assert (settled_at(run), run.record.now, failures(run)) == (LATE - SUSTAIN_S, LATE, [])


def test_waits_for_what_falls_slowly(tmp_path: Path) -> None:
    run = a_settling_run(tmp_path, event("key metric", 75.0, name=QUEUE, value=101.0, target=BELOW_100), at=76.0)
    key_metrics(run)
    settle(run)
    assert 75.0 < (settled_at(run) or 0.0) <= 76.0


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
