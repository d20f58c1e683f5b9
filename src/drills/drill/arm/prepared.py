"""Make the parts of an arm before it begins: its record, its traffic, its limits, and its alert monitor."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from drills.common import draws
from drills.drill.arm.limits import limits
from drills.drill.arm.run import Run
from drills.drill.observation.alert_monitor import AlertMonitor
from drills.load.traffic import Counts, Traffic
from drills.record.recorder import Recorder
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.arm.limits import Limits
    from drills.drill.arm.listener import Listener
    from drills.drill.arm.run_options import RunOptions
    from drills.drill.scenario import Scenario
    from drills.drill.system import System
    from drills.record.verdicts import Arm
    from drills.runbook import Runbook
    from drills.runbook.model import Incident

TRAFFIC_EVERY_S = 1.0
TRAFFIC_WINDOW_S = 2.0


def prepared(  # noqa: PLR0913, PLR0917 - the parts of an arm
    scenario: Scenario, arm: Arm, system: System, folder: Path, listener: Listener, options: RunOptions
) -> Run:
    """Make the parts of an arm; its record in *folder* is opened, and nothing else begins yet.

    The arms of a cause make the same random draws: doing nothing is tried under the load of the solution.
    """
    incident, cause = scenario.row(system.runbook)
    draws.begin(options.seed, cause.id)
    record = Recorder(folder, system.redact)
    bounds = limits(system.runbook, incident, cause, system.time_scale, full_placebo=options.full_placebo)
    slow_s = _slow_s(system.runbook, incident, bounds)
    traffic, second_traffic = (
        _traffic(scenario, system, folder, name, slow_s, draws.sequence(options.seed, cause.id, name))
        for name in ("steady", "again")
    )
    alert_monitor = AlertMonitor(
        system.target.prometheus_url or "",
        incident,
        record,
        _Ticker(traffic, record, listener).tick,
        alerts=[other.alert.name for other in system.runbook.incidents],
        key_metrics={metric: system.series_of(metric) for metric in system.key_metrics},
    )
    return Run(
        scenario=scenario,
        fault=scenario.fault(),
        arm=arm,
        system=system,
        incident=incident,
        cause=cause,
        limits=bounds,
        record=record,
        listener=listener,
        traffic=traffic,
        second_traffic=second_traffic,
        alert_monitor=alert_monitor,
        options=options,
    )


class _Ticker:
    """Records the traffic's rate about once a second and passes the metric on, on the alert monitor's thread."""

    def __init__(self, traffic: Traffic, record: Recorder, listener: Listener) -> None:
        self._traffic = traffic
        self._record = record
        self._listener = listener
        self._recorded_at = 0.0
        self._counted = Counts(0, 0, None)

    def tick(self, value: float | None, alert_state: str) -> None:
        self._listener.metric_seen(value, alert_state)
        now = time.monotonic()
        if not self._traffic.flows or now - self._recorded_at < TRAFFIC_EVERY_S:
            return
        self._recorded_at = now
        counts = self._traffic.counts()
        added, self._counted = counts.since(self._counted), counts
        self._record.write(
            "traffic",
            intended_rps=self._traffic.profile.rate_rps,
            achieved_rps=round(self._traffic.sent_rps(TRAFFIC_WINDOW_S), 2),
            failed_rps=round(self._traffic.failed_rps(TRAFFIC_WINDOW_S), 2),
            **asdict(added),
        )


def _traffic(  # noqa: PLR0913, PLR0917 - the parts of a traffic
    scenario: Scenario, system: System, folder: Path, name: str, slow_s: float | None, sequence: str
) -> Traffic:
    ledger, log = folder / f"ledger-{name}.jsonl", folder / "locust.log"
    suite = system.suite
    return Traffic(system.target.front_url, scenario.traffic, suite.locustfile, ledger, log, slow_s, sequence=sequence)


def _slow_s(runbook: Runbook, incident: Incident, bounds: Limits) -> float | None:
    """Return the longest answer (s) that the runbook's target for p95 allows, or None where it has none."""
    quantity = Quantity.RESPONSE_TIME_P95
    if incident.alert.quantity is quantity:
        return bounds.target.value
    return next((metric.target.value for metric in runbook.metrics if metric.quantity is quantity), None)
