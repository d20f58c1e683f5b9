"""Compute what a chart shows of a history: units, spans and holes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from drills.record.measurements import AlertChange, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drills.record.history import History

PERCENT = {"error_rate", "resource_utilization"}
AXIS_NAMES = {
    "error_rate": "error rate",
    "response_time_p95": "response time, p95",
    "resource_utilization": "resource utilization",
    "queue_depth": "queue depth",
    "connection_pool": "connections in use",
    "health": "health",
    "authentication": "authentication failures",
}
HEADROOM = 1.12
# Samples further apart than this many usual intervals have a hole between them, whatever the reason.
HOLE_INTERVALS = 3.0


@dataclass(frozen=True)
class Scales:
    """The axes' ends: time in seconds, the value in the unit shown."""

    end_s: float
    top: float

    @classmethod
    def of(cls, histories: Sequence[History]) -> Scales:
        """Return scales that show all of *histories*, with target and alert level, from zero."""
        tops = [shown(history, value) for history in histories for value in _values(history)]
        return cls(
            end_s=max(history.end_s for history in histories) or 1.0,
            top=HEADROOM * max(tops, default=0.0) or 1.0,
        )


def axis_name(history: History) -> str:
    """Return the vertical axis' name with its unit."""
    name = AXIS_NAMES.get(history.head.quantity, history.head.quantity)
    shown_in = unit(history)
    return f"{name} ({shown_in})" if shown_in and shown_in not in name else name


def unit(history: History) -> str:
    """Return the unit on the axis: percent for a ratio, else the metric's own."""
    return "%" if history.head.quantity in PERCENT else history.head.unit


def with_unit(history: History, value: float) -> str:
    """Return *value*, in the unit shown, with that unit if it is short; the axis names the others."""
    shown_unit = unit(history)
    return f"{value:g} {shown_unit}" if len(shown_unit) == 1 else f"{value:g}"


def shown(history: History, value: float) -> float:
    """Return *value* in the unit on the axis: ratios are shown in percent."""
    return value * 100 if history.head.quantity in PERCENT else value


def _values(history: History) -> Iterator[float]:
    yield from (sample.value for sample in history.of(Sample) if sample.value is not None)
    yield from (limit.value for limit in (history.head.target, history.head.threshold))


def broken(samples: Sequence[Sample], end_s: float) -> Iterator[Sample]:
    """Yield *samples* with an empty one wherever some are missing, so that no line is drawn across.

    They are missed at the beginning too, and between the last one and the record's end at *end_s*.
    """
    usual_s = median([after.t - before.t for before, after in pairwise(samples)] or [0.0])
    before_s = 0.0
    for sample in samples:
        if _hole(sample.t - before_s, usual_s):
            yield Sample(t=(sample.t + before_s) / 2 if before_s else 0.0, value=None)
        yield sample
        before_s = sample.t
    if _hole(end_s - before_s, usual_s):
        yield Sample(t=end_s, value=None)


def _hole(pause_s: float, usual_s: float) -> bool:
    return pause_s > HOLE_INTERVALS * usual_s > 0


def holes(points: Sequence[Sample]) -> Iterator[tuple[float, float]]:
    """Yield the spans, in seconds, between the last value before and the first one after missing data."""
    begin_s: float | None = None
    last_s = points[0].t
    for point in points:
        if point.value is None:
            begin_s = last_s if begin_s is None else begin_s
        elif begin_s is not None:
            yield begin_s, point.t
            begin_s = None
        last_s = point.t
    if begin_s is not None:
        yield begin_s, last_s


def alert_states(history: History) -> Iterator[tuple[float, float, str]]:
    """Yield begin and end (seconds) and state of the incident's alert, from the start to the record's end."""
    begin_s, state = 0.0, "inactive"
    for transition in history.of(AlertChange):
        yield begin_s, transition.t, state
        begin_s, state = transition.t, transition.to
    yield begin_s, history.end_s, state
