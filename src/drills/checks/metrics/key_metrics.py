"""Check the runbook's key metrics, read from Prometheus with the expressions that its alerts and its drills use."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from drills.checks import CheckFailed, CheckSuite, Observation, Skipped, check, prometheus_api
from drills.common.waiting import WaitTimeout, wait_until
from drills.runbook.expressions import series
from drills.runbook.model import Quantity
from drills.runbook.rules import DEFAULT_RATE_WINDOW_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from drills.checks import Check, CheckContext
    from drills.common.threshold import Threshold

GAP_S: Final = 2.0
POLL_S: Final = 0.5


def _quantity(name: str, quantity: Quantity, *, next_step: str) -> Check:
    """Register the check of one quantity that has an alert."""

    def compare(context: CheckContext) -> Observation:
        return _judge(name, _value(context, quantity), _target(context, quantity))

    compare.__doc__ = f"Compare the {name} with its target."
    return _figure(name, quantity, next_step)(compare)


def _share(name: str, *, next_step: str) -> Check:
    """Register the check of one kind of resource; the runbook's alert is on the maximum of all kinds."""

    def compare(context: CheckContext) -> Observation:
        return _judge(name, _only(context, name), _named_target(context, name))

    compare.__doc__ = f"Compare the {name} of the busiest with its target."
    return _figure(name, Quantity.RESOURCE_UTILIZATION, next_step)(compare)


def _figure(name: str, incident: Quantity, next_step: str) -> Callable[[Callable[[CheckContext], Observation]], Check]:
    return check(
        name,
        suite=CheckSuite.METRICS,
        needs="prometheus_url",
        expected="the figure to be where the runbook wants it",
        next_step=next_step,
        level=4,  # the runbook: figures slightly short of their targets; beyond that there is an alert
        incident=incident,
    )


def _judge(name: str, value: float, target: Threshold) -> Observation:
    shown = _shown(value, target)
    if not target.satisfied_by(value):
        raise CheckFailed(f"{shown} instead of {target.text}")
    return Observation(f"{shown}, {target.text}", {name.replace(" ", "_"): value})


def _shown(value: float, target: Threshold) -> str:
    return f"{value:.2%}" if target.unit == "%" else f"{value:.4g} {target.unit}"


def _value(context: CheckContext, quantity: Quantity) -> float:
    """Return the quantity's value: as recorded by the runbook's rules, else counted over the documented window.

    Where requests are counted and there were none, there is nothing to say; raises Skipped. Anything else without a
    value is no data; raises CheckFailed.
    """
    windows = [incident.alert.window_s for incident in context.runbook.incidents if incident.alert.quantity is quantity]
    window_s = (windows[0] if windows else None) or DEFAULT_RATE_WINDOW_S
    expression = context.expressions.at(quantity, window_s)
    queries = (series(quantity), expression) if expression else (series(quantity),)
    found = _first(context, queries)
    if found is None and context.expressions.is_rate(quantity):
        if _first(context, (f"count({metric})" for metric in context.expressions.metrics(quantity))):
            raise Skipped(f"Prometheus counted no requests in the last {window_s:g} s")
    elif found is None:
        found = _again(context, queries)
    if found is None:
        raise CheckFailed(f"no data: {' and '.join(queries)} have no value")
    return found


def _first(context: CheckContext, queries: Iterable[str]) -> float | None:
    """Return the value of the first query that has one."""
    return next((value for query in queries if (value := _ask(context, query)) is not None), None)


def _again(context: CheckContext, queries: Iterable[str]) -> float | None:
    """Return the value of a gauge that has none now: its source may be too busy for one scrape, not for several."""
    with suppress(WaitTimeout):
        return wait_until(
            lambda: _first(context, queries),
            done=lambda value: value is not None,
            deadline_s=GAP_S,
            poll_s=POLL_S,
            expected="a value",
            where=str(context.target.prometheus_url),
            next_step="open /targets on Prometheus",
        )
    return None


def _only(context: CheckContext, key_metric: str) -> float:
    query = context.expressions.key_metrics.get(key_metric)
    if query is None:
        raise Skipped(f"the stack's descriptor has no expression for {key_metric!r}")
    found = _ask(context, query)
    if found is None:
        raise CheckFailed(f"no data: {query} has no value")
    return found


def _ask(context: CheckContext, query: str) -> float | None:
    """Return the one value of *query* now, None where there is none or it is no number."""
    with prometheus_api(context.target) as api:
        value = api.value(query)
    return None if value is None or math.isnan(value) else value


def _target(context: CheckContext, quantity: Quantity) -> Threshold:
    incident = context.runbook.incident_of(quantity)
    if incident is None:
        raise Skipped(f"the runbook says nothing of {quantity.value}")
    return context.runbook.target(incident)


def _named_target(context: CheckContext, name: str) -> Threshold:
    found = [metric.target for metric in context.runbook.metrics if metric.name.lower() == name]
    if not found:
        raise Skipped(f"the runbook has no key metric {name!r}")
    return found[0]


error_rate = _quantity(
    "error rate",
    Quantity.ERROR_RATE,
    next_step="read the log of the service whose routes answer 5xx",
)
response_time = _quantity(
    "response time p95",
    Quantity.RESPONSE_TIME_P95,
    next_step="compare the routes by their duration, then list the long queries in pg_stat_activity",
)
queue_depth = _quantity(
    "queue depth",
    Quantity.QUEUE_DEPTH,
    next_step="count the workers, and read their logs",
)
connections = _quantity(
    "database connections",
    Quantity.CONNECTION_POOL,
    next_step="count the connections by state in pg_stat_activity",
)
cpu = _share("cpu usage", next_step="run `docker stats`, and scale the busiest service")
memory = _share("memory usage", next_step="run `docker stats`, and find the container whose memory grows")
