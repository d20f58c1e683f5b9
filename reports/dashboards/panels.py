"""Which panel stands on which dashboard, and what it asks Prometheus: nothing here is a query or a level of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import promql_parser

from drills.common.wording import heading_anchor
from drills.runbook.errors import RunbookError
from drills.runbook.expressions import series
from drills.runbook.model import Metric, Quantity
from drills.runbook.rules import DEFAULT_RATE_WINDOW_S

if TYPE_CHECKING:
    from drills.common.threshold import Threshold
    from drills.runbook.expressions import Expressions
    from drills.runbook.model import Incident, Runbook

SHOWN: Final[dict[str, tuple[Quantity | str, ...]]] = {
    "system-overview": (
        Quantity.HEALTH,
        Quantity.ERROR_RATE,
        Quantity.RESPONSE_TIME_P95,
        Quantity.QUEUE_DEPTH,
        Quantity.RESOURCE_UTILIZATION,
        Quantity.CONNECTION_POOL,
        Quantity.AUTHENTICATION,
    ),
    "job-processing": (Quantity.QUEUE_DEPTH, Quantity.RESPONSE_TIME_P95, Quantity.CONNECTION_POOL),
    "resource-utilization": (
        Quantity.RESOURCE_UTILIZATION,
        "CPU Usage",
        "Memory Usage",
        Quantity.CONNECTION_POOL,
    ),
}
"""For each dashboard's uid its panels: a quantity, or a key metric that stands for a part of one."""


@dataclass(frozen=True)
class Panel:
    """One panel: *recorded* is the series of the rules, *parts* the PromQL of what it is the largest or least of.

    *threshold* and *target* are in base units. *chapter* is the heading of the incident whose alert it shows.
    """

    title: str
    quantity: Quantity
    recorded: str
    parts: str | None
    threshold: Threshold
    target: Threshold
    chapter: str

    @property
    def queries(self) -> tuple[str, ...]:
        """What the panel asks Prometheus."""
        return (self.recorded,) if self.parts is None else (self.recorded, self.parts)


def dashboards(runbook: Runbook, expressions: Expressions) -> dict[str, tuple[str, tuple[Panel, ...]]]:
    """Return title and panels of each dashboard that the runbook links, by uid.

    Raises RunbookError for a dashboard that is linked and not described here, or the other way round.
    """
    titles = {dashboard.url.rsplit("/", 1)[-1]: dashboard.name for dashboard in runbook.dashboards}
    if titles.keys() != SHOWN.keys():
        raise RunbookError(f"{runbook.path}: links the dashboards {sorted(titles)}, and {sorted(SHOWN)} are made")
    return {
        uid: (titles[uid], tuple(_panel(runbook, expressions, shown) for shown in panels))
        for uid, panels in SHOWN.items()
    }


def _panel(runbook: Runbook, expressions: Expressions, shown: Quantity | str) -> Panel:
    return (
        _of_quantity(runbook, expressions, shown)
        if isinstance(shown, Quantity)
        else _of_metric(runbook, expressions, shown)
    )


def _of_quantity(runbook: Runbook, expressions: Expressions, quantity: Quantity) -> Panel:
    incident = _incident(runbook, quantity)
    alert = incident.alert
    expression = expressions.at(quantity, alert.window_s or DEFAULT_RATE_WINDOW_S)
    if expression is None:
        raise RunbookError(f"the stack's descriptor has no expression for {quantity}")
    title = quantity.value.replace("_", " ").capitalize()
    parts = aggregated(expression)
    target = runbook.target(incident)
    return Panel(title, quantity, series(quantity), parts, alert.threshold, target, chapter(runbook, incident))


def _of_metric(runbook: Runbook, expressions: Expressions, name: str) -> Panel:
    metric = _metric(runbook, name)
    incident = _incident(runbook, metric.quantity)
    text = expressions.of(metric)
    if text is None:
        raise RunbookError(f"the stack's descriptor has no expression for the key metric {name}")
    threshold = metric.alert or incident.alert.threshold
    recorded = expressions.series_of(metric)
    link = chapter(runbook, incident)
    return Panel(name, metric.quantity, recorded, aggregated(text), threshold, metric.target, link)


def _metric(runbook: Runbook, name: str) -> Metric:
    found = next((metric for metric in runbook.metrics if metric.name == name), None)
    if found is None:
        raise RunbookError(f"{runbook.path}: has no key metric {name!r}")
    return found


def _incident(runbook: Runbook, quantity: Quantity) -> Incident:
    found = runbook.incident_of(quantity)
    if found is None:
        raise RunbookError(f"{runbook.path}: no incident's alert measures {quantity}")
    return found


def chapter(runbook: Runbook, incident: Incident) -> str:
    """Return the incident's chapter as the alert's own annotation names it."""
    return f"{runbook.path.name}#{heading_anchor(incident.heading)}"


def aggregated(expression: str) -> str | None:
    """Return what *expression* is the largest or least of, None where it is no such thing."""
    parsed = promql_parser.parse(expression)
    if not isinstance(parsed, promql_parser.AggregateExpr) or parsed.modifier is not None:
        return None
    return parsed.expr.prettify() if str(parsed.op) in ("max", "min") else None
