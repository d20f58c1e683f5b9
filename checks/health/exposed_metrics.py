"""The metrics that the runbook's alerts are computed from, exposed under the promised names and labels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from checks.health.services import backend_health, worker_health
from checks.target import target_of
from drills.checks import CheckFailed, CheckSuite, check, get
from drills.common.prometheus_text import Exposition, parse
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drills.checks import CheckContext

# Metric as declared, and the labels that each of its samples carries; a histogram's are those of its count.
BACKEND: Final = {
    "http_request_duration_seconds": {"method", "route", "status"},
    "queue_jobs_waiting": {"queue"},
    "database_connections": {"state"},
    "process_resident_memory_bytes": set(),
    "process_cpu_seconds_total": set(),
}
WORKER: Final = {
    "pdf_jobs_total": {"type", "status"},
    "pdf_processing_duration_seconds": {"type", "status"},
    "process_resident_memory_bytes": set(),
    "process_cpu_seconds_total": set(),
}
CONNECTION_STATES: Final = ("active", "idle", "idle in transaction", "total")
LOOKS: Final = 3
LONG_BUCKETS_S: Final = (15.0, 30.0, 60.0)


@check(
    "backend metrics",
    suite=CheckSuite.HEALTH,
    clauses=("ME-01",),
    needs="backend_url",
    expected="the contract's metrics with their labels",
    next_step="open /metrics of the backend",
    level=3,
    after=(backend_health,),
)
def backend_metrics(context: CheckContext) -> str:
    """Read what Prometheus scrapes from the backend."""
    return _require(_read(context, target_of(context).backend_url), BACKEND)


@check(
    "worker metrics",
    suite=CheckSuite.HEALTH,
    clauses=("ME-02",),
    needs="worker_url",
    expected="the contract's metrics with their labels",
    next_step="open /metrics of the pdf-worker",
    level=3,
    after=(worker_health,),
)
def worker_metrics(context: CheckContext) -> str:
    """Read what Prometheus scrapes from a worker."""
    return _require(_read(context, target_of(context).worker_url), WORKER)


@check(
    "connection gauges",
    suite=CheckSuite.HEALTH,
    clauses=("ME-06",),
    needs="backend_url",
    expected=f"database_connections as a number for each of {', '.join(CONNECTION_STATES)}",
    next_step="open /metrics of the backend, and ask Postgres itself",
    level=3,
    incident=Quantity.CONNECTION_POOL,
    after=(backend_metrics,),
)
def connection_gauges(context: CheckContext) -> str:
    """Read the gauges behind the alert on the pool; NaN says that the backend could not read them.

    The backend takes at most a fraction of a second to read them: that may be too short once, but not LOOKS times.
    """
    for _ in range(LOOKS):
        values = gauges(context)
        odd = [state for state in CONNECTION_STATES if not values.get(state, math.nan) >= 0]
        if not odd:
            return ", ".join(f"{values[state]:g} {state}" for state in CONNECTION_STATES)
    raise CheckFailed(f"no number for {', '.join(odd)}, {LOOKS} times")


@check(
    "latency buckets",
    suite=CheckSuite.HEALTH,
    clauses=("ME-03",),
    needs="backend_url",
    expected=f"buckets of {', '.join(f'{limit:g}' for limit in LONG_BUCKETS_S)} s",
    next_step="add these buckets to the backend's histogram; without them no p95 can be above the last one",
    level=3,
    incident=Quantity.RESPONSE_TIME_P95,
    after=(backend_metrics,),
)
def latency_buckets(context: CheckContext) -> str:
    """Look whether slow answers can be told apart beyond the limit of the runbook's alert."""
    found = _read(context, target_of(context).backend_url).named("http_request_duration_seconds_bucket")
    limits = {float(one.labels.get("le", "nan")) for one in found}
    missing = [limit for limit in LONG_BUCKETS_S if limit not in limits]
    if missing:
        raise CheckFailed(f"no bucket of {', '.join(f'{limit:g} s' for limit in missing)} among {len(limits)}")
    return f"{len(limits)} buckets"


def gauges(context: CheckContext) -> dict[str | None, float]:
    """Return the backend's connections to its database by their state, as it exposes them."""
    found = _read(context, target_of(context).backend_url).named("database_connections")
    return {one.labels.get("state"): one.value for one in found}


def _read(context: CheckContext, url: str | None) -> Exposition:
    answer = get(context.target, url, "/metrics")
    try:
        return parse(answer.text, answer.headers.get("content-type", ""))
    except ValueError as error:
        raise CheckFailed(f"200 with no metrics: {error}") from None


def _require(found: Exposition, wanted: Mapping[str, set[str]]) -> str:
    """Raise CheckFailed for what is missing. A metric that is declared and has counted nothing yet is in order."""
    odd = [text for name, labels in wanted.items() if (text := _odd(found, name, labels))]
    if odd:
        raise CheckFailed("; ".join(odd))
    return ", ".join(wanted)


def _odd(found: Exposition, name: str, labels: set[str]) -> str | None:
    if name not in found.declared:
        return f"no {name}"
    samples = found.named(name) or found.named(f"{name}_count")
    missing = labels - set(samples[0].labels) if samples else set()
    return f"{name} without {', '.join(sorted(missing))}" if missing else None
