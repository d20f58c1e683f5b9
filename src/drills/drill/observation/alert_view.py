"""Ask Prometheus what a drill wants to know of it: samples, the states of alerts, and how long it has been quiet."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from drills.common.prometheus import Prometheus, PrometheusError

if TYPE_CHECKING:
    from collections.abc import Collection

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
