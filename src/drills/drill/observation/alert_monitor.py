"""Monitor Prometheus throughout a drill: the incident's metric as it is evaluated, and every change of an alert."""

from __future__ import annotations

import math
import threading
import time
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from drills.drill.observation.alert_view import SILENT_S, TIMEOUT_S, AlertView
from drills.runbook.expressions import series

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from typing import Self

    from drills.drill.observation.alert_view import Look
    from drills.record.recorder import Recorder
    from drills.runbook.model import Incident, Metric

POLL_S = 0.5


class AlertMonitor:
    """Records samples and alert transitions of one drill from a thread of its own, and has the latest of both.

    *alerts* are the names of all alerts of the runbook, and *key_metrics* those that can be measured, by their series;
    one that is a part of the incident's metric (CPU of a resource) is recorded all the time. *on_tick* is called with
    the metric and the alert's state after each poll (about every 0.5 s), on that thread.
    """

    def __str__(self) -> str:
        """Return in few words what was seen last."""
        return f"metric {self.value}, alert {self.state}"

    def __init__(  # noqa: PLR0913 - what it asks for, and where the answers go
        self,
        url: str,
        incident: Incident,
        record: Recorder,
        on_tick: Callable[[float | None, str], None],
        *,
        alerts: Collection[str] = (),
        key_metrics: Mapping[Metric, str] = MappingProxyType({}),
    ) -> None:
        self._view = AlertView(url)
        self._series = series(incident.alert.quantity)
        self._alert = incident.alert.name
        self._record = record
        self._on_tick = on_tick
        self._others = dict.fromkeys((name for name in alerts if name != self._alert), "inactive")
        self._key_metrics = key_metrics
        self._parts = {
            metric: of
            for metric, of in key_metrics.items()
            if metric.quantity is incident.alert.quantity and of != self._series
        }
        self._records_key_metrics = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alert monitor", daemon=True)
        self._last_sample_at = record.began_at
        self._unquiet_until = self._looked = time.monotonic()
        self._all_inactive = False
        self.value: float | None = None
        self.state = "inactive"
        self.failure: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(TIMEOUT_S * 3)
        self._view.close()

    def value_of(self, series: str) -> float | None:
        """Return the present value of another recorded series; None when it has none, or is not a number."""
        return self._view.value(series)

    @contextmanager
    def recording_key_metrics(self) -> Iterator[None]:
        """Record every key metric at each poll until the block ends."""
        self._records_key_metrics = True
        try:
            yield
        finally:
            self._records_key_metrics = False

    def quiet_for_s(self) -> float:
        """Return for how many seconds no alert has fired, seen without a break; 0 while one is pending or unseen.

        A container that the preparation replaced may have set an alert pending for a short time: that is no incident.
        """
        return self._looked - self._unquiet_until if self._all_inactive else 0.0

    def _run(self) -> None:
        try:
            self._remember()
            while not self._stop.is_set():
                self._take(self._view.look(self._series))
                if self._records_key_metrics:
                    self._take_key_metrics()
                self._take_parts()
                self._on_tick(self.value, self.state)
                self._stop.wait(POLL_S)
        except BaseException as failure:  # noqa: BLE001 - a failed monitor must differ from a quiet system
            self.failure = failure
            self._record.write("error", phase="alert monitor", text=repr(failure))

    def _remember(self) -> None:
        """Count the quiet from when it began in Prometheus, which may be before this drill."""
        now_s = time.time()
        since = self._view.quiet_since(now_s)
        if since is not None:
            self._unquiet_until = min(self._unquiet_until, time.monotonic() - (now_s - since))

    def _take(self, look: Look) -> None:
        self._take_samples(look)
        self._looked = time.monotonic()
        states = look.states or {}
        # An alert that Prometheus does not know is not quiet, it is missing.
        known = self._alert in states
        self._all_inactive = known and set(states.values()) == {"inactive"}
        if not known or "firing" in states.values():
            self._unquiet_until = self._looked
        if look.states is None:
            self._record.write("unseen alerts")
        self._take_other_states(states)
        state = states.get(self._alert, self.state)
        if state != self.state:
            change: dict[str, Any] = {"from": self.state, "to": state}
            self._record.write("alert", **change)
            self.state = state
            if state == "firing":
                self._record.milestone("firing")

    def _take_other_states(self, states: dict[str, str]) -> None:
        for name, before in self._others.items():
            state = states.get(name, before)
            if state != before:
                change: dict[str, Any] = {"from": before, "to": state}
                self._record.write("other alert", name=name, **change)
                self._others[name] = state

    def _take_key_metrics(self) -> None:
        values = self._view.values(sorted(set(self._key_metrics.values())))
        for metric, of in self._key_metrics.items():
            target = {"op": metric.target.op, "value": metric.target.value, "text": metric.target.text}
            self._record.write("key metric", name=metric.name, value=values.get(of), target=target)

    def _take_parts(self) -> None:
        values = self._view.values(sorted(self._parts.values()))
        for metric, of in self._parts.items():
            self._record.write("part", name=metric.name, value=values.get(of))

    def _take_samples(self, look: Look) -> None:
        fresh = [(at, value) for at, value in look.samples if at > self._last_sample_at]
        for at, value in fresh:
            self._record.write("sample", t=at - self._record.began_at, value=value)
        if fresh:
            self._last_sample_at = fresh[-1][0]
            self.value = fresh[-1][1] if math.isfinite(fresh[-1][1]) else None
        elif time.time() - self._last_sample_at > SILENT_S:
            self._record.write("sample", value=None)
            self.value = None
