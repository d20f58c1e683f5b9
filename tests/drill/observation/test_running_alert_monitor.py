"""A monitor that runs follows Prometheus in a thread of its own, and records key metrics and parts of the metric."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from drills import runbook
from drills.common.waiting import wait_until
from drills.drill.observation.alert_monitor import AlertMonitor
from drills.record.events import Failure
from drills.record.history import History
from drills.record.measurements import KeyMetric, Part
from drills.record.recorder import Recorder
from drills.runbook.expressions import series
from drills.runbook.model import Quantity
from tests.helpers.fake_system import Answer, Asked, Reply, fake_system
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOOK = runbook.load(RUNBOOK)
INCIDENT = BOOK.incident(5)
ALERT = INCIDENT.alert.name
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Recorder]:
    with Recorder(tmp_path / "drill", str) as recorder:
        yield recorder


def rules(state: str) -> Reply:
    return 200, {"status": "success", "data": {"groups": [{"rules": [{"name": ALERT, "state": state}]}]}}


def metric_now(asked: Asked) -> Reply:
    assert series(INCIDENT.alert.quantity).replace(":", "%3A") in asked.path
    return 200, {"status": "success", "data": {"result": [{"values": [[time.time(), "50"]]}]}}


KEY_METRICS = {metric: series(metric.quantity) for metric in BOOK.metrics}
RESOURCES = next(each for each in BOOK.incidents if each.alert.quantity is Quantity.RESOURCE_UTILIZATION)


def test_parts_of_the_incidents_metric_are_recorded_all_the_time(record: Recorder) -> None:
    parts = {metric: f"runbook:{metric.name.lower()}" for metric in BOOK.metrics}
    with AlertMonitor(NOWHERE, RESOURCES, record, lambda _, __: None, key_metrics=parts):
        until(lambda: len(History(record.events).of(Part)) >= 4)
    seen = History(record.events).of(Part)
    assert {(each.name, each.value) for each in seen} == {("CPU Usage", None), ("Memory Usage", None)}
    assert History(record.events).of(KeyMetric) == []


def all_now(asked: Asked) -> Reply:
    """Answer for two of the key metrics' series at a time, as asked, and for each other query with nothing."""
    named = asked.path.count("%7C")
    values = {Quantity.ERROR_RATE: "0.004", Quantity.QUEUE_DEPTH: "7"} if named else {}
    rows = [{"metric": {"__name__": series(of)}, "values": [[time.time(), text]]} for of, text in values.items()]
    return 200, {"status": "success", "data": {"result": rows}}


def test_key_metrics_are_recorded_while_they_are_asked_for(record: Recorder) -> None:
    served: dict[str, Answer] = {"GET /api/v1/query": all_now, "GET /api/v1/rules": rules("inactive")}
    with (
        fake_system(served) as prometheus,
        AlertMonitor(prometheus.url, INCIDENT, record, lambda _, __: None, key_metrics=KEY_METRICS) as alert_monitor,
    ):
        until(lambda: len(prometheus.asked) > 4)
        assert History(record.events).of(KeyMetric) == []
        with alert_monitor.recording_key_metrics():
            until(lambda: len(History(record.events).of(KeyMetric)) >= len(BOOK.metrics))
        seen = History(record.events).of(KeyMetric)[: len(BOOK.metrics)]
    assert [event.name for event in seen] == [metric.name for metric in BOOK.metrics]
    assert [event.target.value for event in seen] == [metric.target.value for metric in BOOK.metrics]
    assert {event.name: event.value for event in seen if event.value is not None} == {
        "Error Rate": 0.004,
        "Queue Depth": 7.0,
    }


def test_key_metrics_are_no_data_while_prometheus_is_away(record: Recorder) -> None:
    with (
        AlertMonitor(NOWHERE, INCIDENT, record, lambda _, __: None, key_metrics=KEY_METRICS) as alert_monitor,
        alert_monitor.recording_key_metrics(),
    ):
        until(lambda: bool(History(record.events).of(KeyMetric)))
    assert {event.value for event in History(record.events).of(KeyMetric)} == {None}


def until(ready: Any) -> None:
    wait_until(ready, deadline_s=10.0, expected="a look", where="the alert monitor", next_step="read the test")


def test_running_monitor_follows_prometheus(record: Recorder) -> None:
    with (
        fake_system({"GET /api/v1/query": metric_now, "GET /api/v1/rules": rules("firing")}) as prometheus,
        AlertMonitor(prometheus.url, INCIDENT, record, lambda _, __: None) as alert_monitor,
    ):
        until(lambda: alert_monitor.state == "firing")
        assert (alert_monitor.value, alert_monitor.failure) == (50.0, None)


def test_monitor_that_ended_with_an_error_is_not_a_quiet_system(record: Recorder) -> None:
    def broken(_: float | None, __: str) -> None:
        raise LookupError("no ledger")

    with AlertMonitor(NOWHERE, INCIDENT, record, broken) as alert_monitor:
        until(lambda: alert_monitor.failure is not None)
    assert History(record.events).of(Failure, phase="alert monitor")[0].text == "LookupError('no ledger')"


def test_monitor_ticks_while_prometheus_is_away(record: Recorder) -> None:
    ticks: list[tuple[float | None, str]] = []
    with AlertMonitor(NOWHERE, INCIDENT, record, lambda value, state: ticks.append((value, state))) as alert_monitor:
        until(lambda: bool(ticks))
    assert ticks[0] == (None, "inactive")
    assert alert_monitor.failure is None
