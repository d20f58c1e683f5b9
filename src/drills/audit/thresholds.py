"""Audit: alerts that can never fire, and alerts that always do: their comparison beside the values that can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import promql_parser

from drills.audit.bounds import Bounds, Known, bounds
from drills.audit.finding import Finding, Kind, NotRun, Severity
from drills.audit.promql import COMPARISONS, bare, operator, record_of, returns_bool
from drills.runbook.alert_rules.limits import CONSTANT, NO_LIMIT, OPPOSITE, NoLimit, conditions
from drills.runbook.alert_rules.tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import Expr

    from drills.audit.alert_rules import Rule
    from drills.audit.finding import Result
    from drills.audit.material import Material

AUDIT: Final = "thresholds"
NEVER: Final = Kind(AUDIT, "never", Severity.HIGH, "Compare with a value that the figure can take.")
ALWAYS: Final = Kind(AUDIT, "always", Severity.HIGH, "Compare with a value on both sides of which the figure can be.")
BROKEN: Final = Kind(AUDIT, "no-promql", Severity.HIGH, "Write PromQL: Prometheus refuses the whole file.")
ON_PURPOSE: Final = ("watchdog", "deadmansswitch", "deadmanssnitch", "heartbeat")
"""Alerts that fire all the time by design, so that their silence is noticed elsewhere."""


def audit(material: Material) -> Iterator[Result]:
    """Yield alerts that can never fire, and those that always do."""
    if material.rules is None:
        yield NotRun(AUDIT, "no rules were given (--rules)")
        return
    if material.samples is None:
        yield NotRun(AUDIT, "quantiles beside the buckets of their histograms: no metrics were given (--metrics)")
    known = Known(material.rules.recorded, material.samples)
    for rule in material.rules.rules:
        if rule.tree is None:
            yield BROKEN.found(rule.name, f"{rule.name} is no PromQL", f"{rule.where}: {rule.trouble}")
    for rule in material.rules.alerts:
        yield from of_alert(rule, known, material.rules.expressions)


def of_alert(rule: Rule, known: Known, recorded: dict[str, str]) -> Iterator[Finding]:
    """Yield what is wrong with the comparison of one alert."""
    if rule.tree is None or rule.name.lower() in ON_PURPOSE:
        return
    never = _never(rule.tree, known)
    if never:
        yield NEVER.found(rule.name, f"{rule.name} can never fire", f"{rule.where}: {never}")
        return
    always = _always(rule.tree, known) or _without_limit(rule, recorded)
    if always:
        yield ALWAYS.found(rule.name, f"{rule.name} fires all the time", f"{rule.where}: {always}")


def _never(expr: Expr, known: Known) -> str:
    """Return why *expr* has no value at any time, empty where it may have one."""
    expr = bare(expr)
    behind = record_of(expr, known.recorded)
    if behind is not None:
        return _never(behind, known)
    if not isinstance(expr, promql_parser.BinaryExpr) or returns_bool(expr):
        return ""
    op, left = operator(expr), _never(expr.lhs, known)
    if op == "or":
        return left and _never(expr.rhs, known)
    if op == "and":
        return left or _never(expr.rhs, known)
    return left if left or op not in COMPARISONS else _compared(op, expr, known)


def _compared(op: str, expr: promql_parser.BinaryExpr, known: Known) -> str:
    """Return why a comparison lets no value through, empty where it may let one."""
    left, right = bounds(expr.lhs, known), bounds(expr.rhs, known)
    return _told(expr, left, right) if _impossible(op, left, right) else ""


def _impossible(op: str, left: Bounds, right: Bounds) -> bool:
    return {
        ">": left.high <= right.low,
        ">=": left.high < right.low,
        "<": left.low >= right.high,
        "<=": left.low > right.high,
        "==": left.high < right.low or left.low > right.high,
        "!=": left.low == left.high == right.low == right.high,
    }[op]


def _always(expr: Expr, known: Known) -> str:
    """Return why the outermost comparison of *expr* holds whatever the values are, empty where it may not."""
    expr = bare(expr)
    op = operator(expr)
    if not isinstance(expr, promql_parser.BinaryExpr) or returns_bool(expr):
        return ""
    if op == "and":
        return _always(expr.lhs, known) and _always(expr.rhs, known)
    if op not in COMPARISONS or _filters(expr.lhs, known):
        return ""
    left = bounds(expr.lhs, known)
    # A figure that can be one value only, such as that of absent(), is there or not: its comparison decides nothing.
    return "" if left.low == left.high else _compared(OPPOSITE[op], expr, known)


def _filters(expr: Expr, known: Known) -> bool:
    """Say whether a comparison within *expr* decides already whether it has a value."""
    expr = bare(expr)
    behind = record_of(expr, known.recorded)
    op = operator(expr)
    return behind is None and op in (*COMPARISONS, "and", "unless") and not returns_bool(expr)


def _without_limit(rule: Rule, recorded: dict[str, str]) -> str:
    """Return why a rule without any limit fires; empty where it has one, or where nothing can be told."""
    try:
        found = [one.main for one in conditions(parse(rule.expression, recorded))]
    except ValueError:
        return ""
    whys = [one.why for one in found if isinstance(one, NoLimit) and one.decided]
    if len(whys) != len(found) or not whys:
        return ""
    return whys[0] if whys[0] not in (NO_LIMIT, CONSTANT) or _bare_series(rule) else ""


def _bare_series(rule: Rule) -> bool:
    """Say whether the rule is no ALERTS, whose mere presence means something."""
    return "ALERTS" not in rule.expression


def _told(expr: Expr, left: Bounds, right: Bounds) -> str:
    why = left.why or right.why
    sides = f"the left side is between {left.low:g} and {left.high:g}" + (f" ({why})" if why else "")
    return f"`{short(expr)}`: {sides}"


def short(expr: Expr) -> str:
    """Return *expr* on one line, cut where it is long."""
    text = " ".join(str(expr).split())
    return text if len(text) < 120 else f"{text[:117]}…"  # noqa: PLR2004 - what fits on a line
