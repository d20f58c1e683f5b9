"""Monitor Prometheus throughout a drill: the incident's metric as it is evaluated, and every change of an alert."""

from __future__ import annotations

import math
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from drills.common.prometheus import Prometheus, PrometheusError
from drills.runbook.expressions import series

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from typing import Self

    from drills.record.recorder import Recorder
    from drills.runbook.model import Incident, Metric

POLL_S = 0.5
LOOK_BACK_S = 10
MEMORY_S = 30
"""How far back (s) Prometheus is asked for a quiet time: longer than a drill needs at its usual time scale."""
FIRING = 'ALERTS{alertstate="firing"}'
RECORDED = "runbook:.+"
"""The pattern of the series that the rules record at each evaluation: without a sample there was no evaluation."""
TIMEOUT_S = 3.0
NO_DATA = (httpx.HTTPError, PrometheusError)
SILENT_S = 2.0
"""Without a new sample for this long the monitor records that there is no data; evaluations come each 0.5 s."""


@dataclass(frozen=True)
class Look:
    """One poll's answer: samples of the metric as (Unix time, value), and each alert's state; None: no answer."""

    samples: tuple[tuple[float, float], ...]
    states: dict[str, str] | None


class AlertView:
    """The queries of a drill to one Prometheus. A query that fails counts as no data, never as a good value."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_S)
        self._prometheus = Prometheus(self._http)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def look(self, series: str) -> Look:
        """Return the latest samples of a recorded series, and the states of all alerts."""
        return Look(tuple(self._samples(series)), self.states())

    def quiet_since(self, now_s: float) -> float | None:
        """Return since when (Unix time) Prometheus has evaluated its rules without a break and no alert has fired.

        Prometheus knows the time before the drill, too. None when it does not answer, or has not evaluated lately.
        """
        evaluated = self._times(f'{{__name__=~"{RECORDED}"}}')
        fired = self._times(FIRING)
        if not evaluated or fired is None or now_s - evaluated[-1] > SILENT_S:
            return None
        since = evaluated[-1]
        for at in reversed(evaluated):
            if since - at > SILENT_S:
                break
            since = at
        return max([since, *fired])

    def value(self, series: str) -> float | None:
        """Return the present value of a recorded series; None when it has none, or is not a number."""
        samples = self._samples(series)
        value = samples[-1][1] if samples else math.nan
        return value if math.isfinite(value) and time.time() - samples[-1][0] <= SILENT_S else None

    def values(self, series: Collection[str]) -> dict[str, float]:
        """Return the present values of recorded series, in one query; one without a value is not among them."""
        rows = self._range(f'{{__name__=~"{"|".join(series)}"}}', math.ceil(SILENT_S)) if series else None
        return {row["metric"]["__name__"]: float(row["values"][-1][1]) for row in rows or ()}

    def states(self) -> dict[str, str] | None:
        """Return the state of each alert by its name; None when Prometheus does not answer."""
        try:
            return {rule["name"]: rule["state"] for rule in self._prometheus.rules("alert")}
        except NO_DATA:
            return None

    def _samples(self, series: str) -> list[tuple[float, float]]:
        rows = self._range(series, LOOK_BACK_S)
        return [(float(at), float(value)) for at, value in rows[0]["values"]] if rows else []

    def _times(self, selector: str) -> list[float] | None:
        """Return when the selected series had samples of late, in order; None when Prometheus does not answer."""
        rows = self._range(selector, MEMORY_S)
        return None if rows is None else sorted(float(at) for row in rows for at, _ in row["values"])

    def _range(self, selector: str, seconds: int) -> list[dict[str, Any]] | None:
        try:
            return self._prometheus.query(f"{selector}[{seconds}s]")
        except NO_DATA:
            return None


class AlertMonitor:
    """Records samples and alert transitions of one drill from a thread of its own, and has the latest of both.

    *alerts* are the names of all alerts of the runbook, and *key_metrics* those that can be measured.
    *on_tick* is called with the metric and the alert's state after each poll (about every 0.5 s), on that thread.
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
        key_metrics: Collection[Metric] = (),
    ) -> None:
        self._view = AlertView(url)
        self._series = series(incident.alert.quantity)
        self._alert = incident.alert.name
        self._record = record
        self._on_tick = on_tick
        self._others = dict.fromkeys((name for name in alerts if name != self._alert), "inactive")
        self._key_metrics = key_metrics
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
        values = self._view.values(sorted({series(metric.quantity) for metric in self._key_metrics}))
        for metric in self._key_metrics:
            target = {"op": metric.target.op, "value": metric.target.value, "text": metric.target.text}
            value = values.get(series(metric.quantity))
            self._record.write("key metric", name=metric.name, value=value, target=target)

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
