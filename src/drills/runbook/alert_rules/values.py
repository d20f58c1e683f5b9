"""Compare one limit with the documented threshold, in the unit in which the rule measures."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from drills.runbook.alert_rules.arithmetic import names, scaled
from drills.runbook.alert_rules.compared import SAME, Agreement, Compared
from drills.runbook.alert_rules.limits import MIRRORED, Limit
from drills.runbook.alert_rules.tree import Number, Operation
from drills.runbook.alert_rules.units import Family, Unit, unit
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.common.threshold import Threshold
    from drills.runbook.model import Alert

PERCENTILE: Final = re.compile(r"\bp(\d{2,3})\b", re.IGNORECASE)
FAMILIES: Final = {
    Quantity.ERROR_RATE: Family.SHARE,
    Quantity.RESOURCE_UTILIZATION: Family.SHARE,
    Quantity.RESPONSE_TIME_P95: Family.TIME,
}
"""What each quantity is; all others are numbers."""
FACTORS: Final = {Family.SHARE: (1.0, 0.01), Family.TIME: (1.0, 1e-3, 1e-6, 1e-9, 60.0), Family.COUNT: (1.0,)}
"""The units in which a figure of a family may be, where the rule does not tell."""
UPWARD: Final = (">", ">=")
DOWNWARD: Final = ("<", "<=")
ROUNDING: Final = 1e-9
UP: Final = frozenset(("up", "probe_success"))
"""Metrics of which 1 is known to be good."""


def compare_limit(alert: Alert, limit: Limit) -> Compared:
    """Compare one limit in the unit in which the rule measures, or in each in which it may."""
    wanted = FAMILIES.get(alert.quantity, Family.COUNT)
    plain = _without_constants(limit, wanted)
    if plain is None:
        return Compared(Agreement.UNDECIDED, "its figure is moved by a constant")
    measured = unit(plain.subject)
    if measured.family not in (None, wanted):
        decided = measured.family is Family.RATE and wanted is not Family.COUNT
        kind = Agreement.DIFFERENT if decided else Agreement.UNDECIDED
        return Compared(kind, f"it measures {measured.family}, not {wanted}", foreign=True)
    return _statistic(alert, measured) or _values(alert, plain, measured, wanted)


def _without_constants(limit: Limit, wanted: Family) -> Limit | None:
    """Return a limit of a figure without its constants; None where nothing tells what these stand for.

    `100 - 100 * idle > 80` is a share of 0.8, that of what is not idle; a number or a time is moved back.
    """
    found = scaled(limit.subject)
    if found.core is None or not found.factor:
        return None
    core, by, value = found.core, found.factor, limit.value
    if found.offset and wanted is not Family.SHARE:
        value -= found.offset
    elif found.offset and math.isclose(found.offset, -found.factor):
        core, by = Operation("-", Number(1.0), found.core), found.offset
    elif found.offset:
        return None
    return Limit(core, limit.op if by > 0 else MIRRORED[limit.op], value / by)


def _statistic(alert: Alert, measured: Unit) -> Compared | None:
    """Return why the rule looks at other answers than the runbook does; None where it does not."""
    asked = PERCENTILE.search(alert.text)
    if asked is None:
        return None
    wanted = float(f"0.{asked[1]}")
    if measured.quantile is not None and not math.isclose(measured.quantile, wanted):
        return Compared(Agreement.DIFFERENT, f"it looks at the quantile {measured.quantile:g}, not at p{asked[1]}")
    if measured.averaged:
        return Compared(Agreement.UNDECIDED, f"it compares the mean, where the runbook says p{asked[1]}")
    return None


def _values(alert: Alert, limit: Limit, measured: Unit, wanted: Family) -> Compared:
    certain = measured.factor is not None
    factors = (measured.factor,) if measured.factor is not None else FACTORS[wanted]
    equal = [
        factor
        for factor in factors
        if _same(limit.op, limit.value * factor, alert.threshold, wanted, whole=measured.whole)
    ]
    if equal and (certain or equal[0] == 1.0):
        return SAME
    if equal:
        return Compared(Agreement.UNDECIDED, f"it is the documented limit if its figure counts in {equal[0]:g}")
    if _turned(alert, limit, wanted):
        return Compared(Agreement.UNDECIDED, "it compares the other way round: it may measure the rest of the whole")
    return Compared(Agreement.DIFFERENT)


def _turned(alert: Alert, limit: Limit, wanted: Family) -> bool:
    """Whether the limit may be the documented one for what is left of a whole: `free < 10 %` for `used > 90 %`."""
    threshold = alert.threshold
    if limit.op not in (*UPWARD, *DOWNWARD) or (limit.op in UPWARD) == (threshold.op in UPWARD):
        return False
    if alert.quantity is Quantity.HEALTH:
        return not set(names(limit.subject)) & UP and whole_numbers(limit.op, limit.value) == (1, math.inf)
    rests = [1.0 - limit.value * factor for factor in FACTORS[wanted]] if wanted is Family.SHARE else []
    return any(math.isclose(rest, threshold.value, abs_tol=ROUNDING) for rest in rests)


def _same(op: str, value: float, threshold: Threshold, wanted: Family, *, whole: bool) -> bool:
    if wanted is Family.COUNT and whole:
        return whole_numbers(op, value) == whole_numbers(threshold.op, threshold.value)
    same_way = (op in UPWARD and threshold.op in UPWARD) or (op in DOWNWARD and threshold.op in DOWNWARD)
    close = math.isclose(value, threshold.value, rel_tol=ROUNDING, abs_tol=ROUNDING)
    return close and (op == threshold.op or (same_way and wanted is not Family.COUNT))


def whole_numbers(op: str, value: float) -> tuple[float, float] | None:
    """Return the first and the last whole number, from 0, for which the comparison holds; None for two ranges."""
    match op:
        case ">":
            return (math.floor(value) + 1, math.inf)
        case ">=":
            return (math.ceil(value), math.inf)
        case "<":
            return (0, math.ceil(value) - 1)
        case "<=":
            return (0, math.floor(value))
        case "==":
            return (value, value)
    return (0, 0) if value == 1.0 else (1, math.inf) if value == 0.0 else None
