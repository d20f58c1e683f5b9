"""The PromQL of one system: the expression of each quantity, and the names of the recorded series."""

from __future__ import annotations

import re
from typing import Annotated, Final

import promql_parser
from pydantic import AfterValidator, BaseModel, ConfigDict

from drills.runbook.model import Metric, Quantity

EVALUATION_MS: Final = 500
WINDOW: Final = re.compile(r"\$window\b")
"""The placeholder in an expression for the window of its alert; a quantity whose expression has it is a rate."""
SOME_WINDOW: Final = "1m"  # any window will do to see whether an expression is PromQL
RANGES: Final = (promql_parser.MatrixSelector, promql_parser.SubqueryExpr)


def _parsed(text: str) -> str:
    """Return *text* when it is PromQL with one value per series; raises ValueError without the key's name."""
    try:
        expression = promql_parser.parse(WINDOW.sub(SOME_WINDOW, text))
    except ValueError as error:
        raise ValueError(f"no PromQL when $window is {SOME_WINDOW}: {' '.join(str(error).split())}") from None
    if isinstance(expression, RANGES):
        raise ValueError("a range of values; a rule records one value, such as a rate or a maximum")  # noqa: TRY004
    if not _selectors(expression):
        raise ValueError("reads no series, so it would measure nothing")
    return text.strip()


def _selectors(expression: promql_parser.Expr) -> list[promql_parser.VectorSelector]:
    found: list[promql_parser.VectorSelector] = []

    def visit(node: promql_parser.Expr) -> bool:
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)
        return True

    promql_parser.walk(expression, visit)
    return found


PromQL = Annotated[str, AfterValidator(_parsed)]


class Expressions(BaseModel):
    """The PromQL of each quantity that a system measures, None where it does not measure it.

    An expression has no value where nothing was measured. *key_metrics* are those of the runbook's key metrics that
    stand for a part of a quantity (`cpu usage`), by their name there in small letters; each is a gauge.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    error_rate: PromQL | None = None
    response_time_p95: PromQL | None = None
    resource_utilization: PromQL | None = None
    queue_depth: PromQL | None = None
    connection_pool: PromQL | None = None
    health: PromQL | None = None
    authentication: PromQL | None = None
    key_metrics: dict[str, PromQL] = {}

    @property
    def quantities(self) -> frozenset[Quantity]:
        """What the system measures."""
        return frozenset(quantity for quantity in Quantity if self._text(quantity) is not None)

    def _text(self, quantity: Quantity) -> str | None:
        text: str | None = getattr(self, quantity.value, None)
        return text

    def at(self, quantity: Quantity, window_s: float) -> str | None:
        """Return the PromQL of *quantity* over *window_s* seconds, None where it is not measured."""
        text = self._text(quantity)
        return None if text is None else WINDOW.sub(duration(window_s), text)

    def is_rate(self, quantity: Quantity) -> bool:
        """Say whether *quantity* is counted over a window; a gauge is not, nor is what is not measured."""
        return WINDOW.search(self._text(quantity) or "") is not None

    def metrics(self, quantity: Quantity) -> tuple[str, ...]:
        """Return the names of the metrics that the expression of *quantity* reads, sorted."""
        text = self.at(quantity, window_s=1.0)
        selectors = _selectors(promql_parser.parse(text)) if text else []
        return tuple(sorted({selector.name for selector in selectors if selector.name}))

    def of(self, metric: Metric) -> str | None:
        """Return the PromQL of a key metric that stands for a part of its quantity, None for one that is all of it."""
        return self.key_metrics.get(metric.name.lower())

    def series_of(self, metric: Metric) -> str:
        """Name the recorded series of a key metric: one of its own, or that of its quantity."""
        return f"runbook:{metric.name.lower().replace(' ', '_')}" if self.of(metric) else series(metric.quantity)


def series(quantity: Quantity) -> str:
    """Name the recorded series of *quantity*: what an alert compares, and what a drill watches."""
    return f"runbook:{quantity.value}"


def duration(seconds: float) -> str:
    """Return seconds as Prometheus writes a duration, in whole milliseconds, at least one."""
    return f"{max(1, round(seconds * 1000))}ms"
