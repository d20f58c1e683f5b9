"""Ask a Prometheus each panel's queries: a panel without data at rest shows nothing when it is needed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.common.prometheus import Prometheus
    from reports.dashboards.panels import Panel


def without_data(prometheus: Prometheus, panels: Iterable[Panel]) -> tuple[str, ...]:
    """Return a sentence for each query that has no finite value now.

    Raises PrometheusError for a query that Prometheus refuses, and httpx.HTTPError when it does not answer.
    """
    asked = [(panel, query) for panel in panels for query in panel.queries]
    return tuple(
        f"{panel.title}: {query} has no data at rest; look whether its target is scraped and its rule is loaded"
        for panel, query in asked
        if not any(_finite(row) for row in prometheus.query(query))
    )


def _finite(row: dict[str, Any]) -> bool:
    return math.isfinite(float(row["value"][1]))
