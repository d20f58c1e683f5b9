from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import pytest

from drills import runbook
from drills.drill.observation.alert_monitor import AlertMonitor
from drills.drill.observation.alert_view import SILENT_S, Look
from drills.record.history import History
from drills.record.measurements import AlertChange, OtherAlert, Sample
from drills.record.recorder import Recorder
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOOK = runbook.load(RUNBOOK)
INCIDENT = BOOK.incident(5)
ALERT = INCIDENT.alert.name
OTHER = "HighErrorRate"
NOWHERE = "http://127.0.0.1:1"
HOUR_S = 3600.0
QUIET = {ALERT: "inactive", OTHER: "inactive"}


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Recorder]:
    with Recorder(tmp_path / "drill", str) as recorder:
        yield recorder


class Clock:
    """Stands in for the module `time`, so that silence and quiet need no waiting."""

    def __init__(self) -> None:
        self.skipped_s = 0.0

    def time(self) -> float:
        return time.time() + self.skipped_s

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("drills.drill.observation.alert_monitor.time", clock)
    return clock


@pytest.fixture
def alert_monitor(record: Recorder) -> AlertMonitor:
    """A monitor whose thread never starts: the tests give it the samples and states."""
    return AlertMonitor(NOWHERE, INCIDENT, record, lambda _, __: None, alerts=(ALERT, OTHER))


def see(alert_monitor: AlertMonitor, look: Look) -> None:
    alert_monitor._take(look)  # noqa: SLF001  (what the monitor's thread does with each look)


def take(
    alert_monitor: AlertMonitor, record: Recorder, *samples: tuple[float, float], states: dict[str, str] = QUIET
) -> None:
    """Look at samples given as (seconds since the drill began, value)."""
    see(alert_monitor, Look(tuple((record.began_at + t, value) for t, value in samples), states))


def values(record: Recorder) -> list[Any]:
    return [each.value for each in History(record.events).of(Sample)]


def test_each_new_sample_is_recorded(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, (0.5, 6.0), (1.0, 7.0))
    assert values(record) == [6.0, 7.0]


def test_sample_is_recorded_at_the_time_of_its_evaluation(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, (0.5, 6.0))
    assert record.events[0].t == pytest.approx(0.5, abs=0.002)


def test_sample_seen_twice_is_recorded_once(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, (0.5, 6.0))
    take(alert_monitor, record, (0.5, 6.0), (1.0, 7.0))
    assert values(record) == [6.0, 7.0]


def test_sample_from_before_the_drill_is_left_out(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, (-3.0, 50.0), (0.5, 6.0))
    assert values(record) == [6.0]


def test_latest_value_is_told(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, (0.5, 6.0), (1.0, 7.0))
    assert alert_monitor.value == 7.0


def test_short_pause_between_samples_is_no_gap(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:
    clock.skipped_s = SILENT_S / 2
    take(alert_monitor, record)
    assert values(record) == []


def test_gap_is_recorded_as_no_data(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:
    clock.skipped_s = SILENT_S + 0.5
    take(alert_monitor, record)
    assert values(record) == [None]


def test_gap_forgets_the_last_good_value(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:
    take(alert_monitor, record, (0.5, 6.0))
    clock.skipped_s = SILENT_S + 0.5
    take(alert_monitor, record)
    assert alert_monitor.value is None


def test_stale_samples_that_come_again_are_a_gap(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:
    clock.skipped_s = SILENT_S + 0.5
    take(alert_monitor, record, (-SILENT_S - 1, 6.0))
    assert values(record) == [None]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_sample_that_is_no_number_is_recorded_as_no_data(
    alert_monitor: AlertMonitor, record: Recorder, value: float
) -> None:
    take(alert_monitor, record, (0.5, value))
    assert values(record) == [None]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_sample_that_is_no_number_is_no_value(alert_monitor: AlertMonitor, record: Recorder, value: float) -> None:
    take(alert_monitor, record, (0.5, 6.0), (1.0, value))
    assert alert_monitor.value is None


def test_transition_is_recorded_once(alert_monitor: AlertMonitor, record: Recorder) -> None:
    for _ in range(3):
        take(alert_monitor, record, states={ALERT: "pending"})
    steps = [(each.before, each.to) for each in History(record.events).of(AlertChange)]
    assert steps == [("inactive", "pending")]


def test_every_transition_is_recorded(alert_monitor: AlertMonitor, record: Recorder) -> None:
    for state in ("pending", "firing", "inactive"):
        take(alert_monitor, record, states={ALERT: state})
    assert [each.to for each in History(record.events).of(AlertChange)] == ["pending", "firing", "inactive"]


def test_firing_is_a_milestone(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, states={ALERT: "firing"})
    assert History(record.events).milestone("firing") is not None


def test_pending_is_not_yet_a_milestone(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, states={ALERT: "pending"})
    assert History(record.events).milestone("firing") is None


def test_transition_of_another_alert_is_not_recorded(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, states={ALERT: "inactive", OTHER: "firing"})
    assert History(record.events).of(AlertChange) == []


def others(record: Recorder) -> list[tuple[str, str, str]]:
    return [(each.name, each.before, each.to) for each in History(record.events).of(OtherAlert)]


def test_every_transition_of_another_alert_is_recorded_as_such(alert_monitor: AlertMonitor, record: Recorder) -> None:
    for state in ("pending", "pending", "firing", "inactive"):
        take(alert_monitor, record, states={ALERT: "inactive", OTHER: state})
    assert others(record) == [
        (OTHER, "inactive", "pending"),
        (OTHER, "pending", "firing"),
        (OTHER, "firing", "inactive"),
    ]


def test_transition_of_the_own_alert_is_none_of_another(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, states={ALERT: "firing", OTHER: "inactive"})
    assert others(record) == []


def test_alert_that_the_runbook_does_not_have_is_not_recorded(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, states={ALERT: "inactive", "Watchdog": "firing"})
    assert others(record) == []


def test_unseen_alerts_are_no_transition_of_another(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, states={ALERT: "inactive", OTHER: "firing"})
    see(alert_monitor, Look((), None))
    assert others(record) == [(OTHER, "inactive", "firing")]


def test_blindness_is_no_transition(alert_monitor: AlertMonitor, record: Recorder) -> None:
    take(alert_monitor, record, states={ALERT: "firing"})
    see(alert_monitor, Look((), None))
    assert (alert_monitor.state, len(History(record.events).of(AlertChange))) == ("firing", 1)


def test_inactive_alerts_let_the_quiet_go_on(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:
    take(alert_monitor, record)
    clock.skipped_s = HOUR_S
    take(alert_monitor, record)
    assert alert_monitor.quiet_for_s() >= HOUR_S


@pytest.mark.parametrize("state", ["pending", "firing"])
@pytest.mark.parametrize("alert", [ALERT, OTHER])
def test_any_active_alert_ends_the_quiet(
    alert_monitor: AlertMonitor, record: Recorder, clock: Clock, alert: str, state: str
) -> None:
    clock.skipped_s = HOUR_S
    take(alert_monitor, record, states=QUIET | {alert: state})
    assert alert_monitor.quiet_for_s() < 60.0


def test_an_alert_that_fired_resets_the_quiet(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:
    clock.skipped_s = HOUR_S
    take(alert_monitor, record, states=QUIET | {OTHER: "firing"})
    take(alert_monitor, record)
    assert alert_monitor.quiet_for_s() < 60.0


def test_an_alert_that_was_only_pending_does_not_reset_the_quiet(
    alert_monitor: AlertMonitor, record: Recorder, clock: Clock
) -> None:
    clock.skipped_s = HOUR_S
    take(alert_monitor, record, states=QUIET | {OTHER: "pending"})
    take(alert_monitor, record)
    assert alert_monitor.quiet_for_s() >= HOUR_S


def test_blindness_ends_the_quiet(alert_monitor: AlertMonitor, clock: Clock) -> None:
    clock.skipped_s = HOUR_S
    see(alert_monitor, Look((), None))
    assert alert_monitor.quiet_for_s() < 60.0


def test_unknown_alert_is_not_quiet(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:
    clock.skipped_s = HOUR_S
    take(alert_monitor, record, states={})
    assert alert_monitor.quiet_for_s() < 60.0


def test_missing_alert_is_not_quiet(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:
    clock.skipped_s = HOUR_S
    take(alert_monitor, record, states={OTHER: "inactive"})
    assert alert_monitor.quiet_for_s() < 60.0


def test_quiet_does_not_grow_without_looks(alert_monitor: AlertMonitor, record: Recorder, clock: Clock) -> None:
    take(alert_monitor, record)
    clock.skipped_s = HOUR_S
    assert alert_monitor.quiet_for_s() < 60.0
