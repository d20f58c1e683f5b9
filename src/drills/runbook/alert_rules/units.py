"""In which unit a rule measures: by what it computes, and by the unit that a metric's name ends with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from drills.runbook.alert_rules.arithmetic import names, walk
from drills.runbook.alert_rules.tree import Call, Number, Operation, Series

if TYPE_CHECKING:
    from drills.runbook.alert_rules.tree import Node

OWN: Final = "runbook:"
"""The series that rules rendered from a runbook record are in base units."""
RATES: Final = ("rate", "irate", "deriv", "idelta")
AVERAGES: Final = (
    "avg",
    "avg_over_time",
    "quantile",
    "quantile_over_time",
    "stddev",
    "stdvar",
    "predict_linear",
    "pow",
)
COUNTERS: Final = (
    "rate",
    "irate",
    "increase",
    "delta",
    "changes",
    "resets",
    "count",
    "count_over_time",
    "count_values",
)
TIMES: Final = {"time", "timestamp", "hour", "minute", "day_of_week"}
SUFFIXES: Final = re.compile(r"_(?:bucket|sum|count|total|avg|mean|max|min|p\d+)+$")


class Family(StrEnum):
    """What is measured, so that figures of one family can be compared."""

    SHARE = "a share"
    TIME = "a time"
    COUNT = "a number"
    BYTES = "a size in bytes"
    RATE = "a number per second"


NAMED: Final[tuple[tuple[str, Family, float], ...]] = (
    (r"percent(?:age)?|pct", Family.SHARE, 0.01),
    (r"ratio|share|fraction", Family.SHARE, 1.0),
    (r"milliseconds?|millis|msecs?|ms", Family.TIME, 1e-3),
    (r"microseconds?|micros|usecs?|us", Family.TIME, 1e-6),
    (r"nanoseconds?|nanos|nsecs?|ns", Family.TIME, 1e-9),
    (r"seconds?|secs?", Family.TIME, 1.0),
    (r"minutes?|mins?", Family.TIME, 60.0),
    (r"hours?", Family.TIME, 3600.0),
    (r"bytes|kilobytes|megabytes|kb|mb", Family.BYTES, 1.0),
)


@dataclass(frozen=True)
class Unit:
    """A family and the factor to its base unit (shares: 1, times: seconds); None where the rule does not tell.

    *whole* is whether only whole numbers occur; *quantile* is which part of the answers is faster, None for no such
    statistic; *averaged* is whether a time is the mean of many.
    """

    family: Family | None = None
    factor: float | None = None
    whole: bool = False
    quantile: float | None = None
    averaged: bool = False


def unit(node: Node) -> Unit:
    """Return the unit of a figure without constants, as `arithmetic.scaled` leaves it."""
    if names(node) and all(name.startswith(OWN) for name in names(node)):
        return Unit(factor=1.0, whole=True)
    called = [one.name for one in walk(node) if isinstance(one, Call)]
    divided = [one for one in walk(node) if isinstance(one, Operation) and one.op == "/"]
    quantile = _quantile(node)
    if quantile is not None:
        family, factor = _named(node)
        return Unit(family or Family.TIME, factor, quantile=quantile)
    if divided:
        return _divided(divided[0])
    if set(called) & TIMES:
        return Unit(Family.TIME, 1.0)
    family, factor = _named(node)
    if set(called) & set(COUNTERS):
        return _counted(family, called)
    return Unit(family, factor, whole=family is None and not set(called) & set(AVERAGES))


def _divided(node: Operation) -> Unit:
    """Return the unit of one figure divided by another: a mean of times, or a share."""
    above, below = names(node.left), names(node.right)
    (family, factor), (other, _) = _named(node.left), _named(node.right)
    mean = bool(above and below) and above[0].endswith("_sum") and below[0].endswith("_count")
    if mean or (family is Family.TIME and other is not Family.TIME):
        return Unit(family or Family.TIME, factor, averaged=True)
    return Unit(Family.SHARE, 1.0)


def _counted(family: Family | None, called: list[str]) -> Unit:
    """Return the unit of what counts events: a counter of seconds that is a rate is a share of the time."""
    if set(called) & set(RATES):
        if family is Family.TIME:
            return Unit(Family.SHARE, 1.0)
        return Unit(Family.RATE, 1.0)
    return Unit(family or Family.COUNT, 1.0, whole=not set(called) & set(AVERAGES))


def _quantile(node: Node) -> float | None:
    """Return the quantile of a histogram or of a summary, None where neither is read."""
    for one in walk(node):
        match one:
            case Call("histogram_quantile", (Number(value), *_)):
                return value
            case Series(_, labels) if "quantile" in dict(labels):
                return _number(dict(labels)["quantile"])
    return None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _named(node: Node) -> tuple[Family | None, float | None]:
    """Return what the end of the first metric's name says, as naming conventions ask for."""
    for name in names(node):
        stem = SUFFIXES.sub("", name)
        for words, family, factor in NAMED:
            if re.search(rf"(?:_|:|^)(?:{words})(?:_|:|$)", stem, re.IGNORECASE):
                return family, factor
    return None, None
