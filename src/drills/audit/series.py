"""Audit: series that do not exist, matchers and joins that cannot match, counters and gauges taken for each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import promql_parser

from drills.audit.finding import Finding, Kind, NotRun, Severity
from drills.audit.label_sets import key, series_of
from drills.audit.promql import (
    NAME,
    SETS,
    bare,
    children,
    holds,
    is_scalar,
    matchers,
    name_of,
    operator,
    record_of,
    selectors,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import BinaryExpr, Expr, Matcher, VectorSelector

    from drills.audit.alert_rules import Rule, Rules
    from drills.audit.finding import Result
    from drills.audit.material import Material
    from drills.audit.samples import Samples

AUDIT: Final = "series"
OF_COUNTERS: Final = frozenset(("rate", "irate", "increase", "resets"))
OF_GAUGES: Final = frozenset(("delta", "idelta", "deriv", "predict_linear"))
COUNTED: Final = frozenset((*OF_COUNTERS, *OF_GAUGES, "changes", "absent", "absent_over_time", "count_over_time"))
EXISTING: Final = frozenset(("count", "group", "count_values"))
DIGITS: Final = re.compile(r"[\d.|()\[\]?*+\\^-]*")
NO_METRIC: Final = Kind(AUDIT, "no-metric", Severity.HIGH, "Read a metric that the system exposes, or expose this one.")
NO_LABEL: Final = Kind(AUDIT, "no-label", Severity.HIGH, "Match a label that the metric has.")
NO_VALUE: Final = Kind(
    AUDIT, "no-value", Severity.MEDIUM, "Match a value that occurs; leave it if the series comes with its first event."
)
NO_JOIN: Final = Kind(AUDIT, "no-join", Severity.HIGH, "Join with on(…) over labels that both sides have, alike.")
MANY: Final = Kind(AUDIT, "many-to-one", Severity.HIGH, "Say group_left or group_right, or aggregate the other side.")
GAUGE: Final = Kind(AUDIT, "rate-of-gauge", Severity.HIGH, "Use delta() or deriv(), or read the gauge itself.")
COUNTER: Final = Kind(AUDIT, "plain-counter", Severity.MEDIUM, "Compare its rate() or increase(): it only ever grows.")


def audit(material: Material) -> Iterator[Result]:
    """Yield what of the rules' series cannot be there, cannot match, or is read as what it is not."""
    if material.rules is None or material.samples is None:
        missing = "rules (--rules)" if material.rules is None else "metrics (--metrics or --target)"
        yield NotRun(AUDIT, f"no {missing} were given")
        return
    jobs = frozenset(job.name for job in material.scraping.jobs) if material.scraping else frozenset()
    found: dict[str, Finding] = {}
    for rule in material.rules.rules:
        for each in of_rule(rule, material.rules, material.samples, jobs):
            found.setdefault(each.id, each)
    yield from found.values()


def of_rule(rule: Rule, rules: Rules, samples: Samples, jobs: frozenset[str]) -> Iterator[Finding]:
    """Yield what is wrong with the series of one rule; series of recording rules are audited with these."""
    if rule.tree is None:
        return
    for selector in selectors(rule.tree, {}):
        if record_of(selector, rules.recorded) is None:
            yield from missing(selector, samples, jobs, rule.where)
    for one in walk(rule.tree, {}):
        if isinstance(one, promql_parser.Call):
            yield from _of_function(rule, one, samples)
        if isinstance(one, promql_parser.BinaryExpr) and not (is_scalar(one.lhs) or is_scalar(one.rhs)):
            yield from _join(rule, one, rules, samples)
    if rule.is_alert:
        yield from _plain_counters(rule, rule.tree, rules, samples)


def missing(selector: VectorSelector, samples: Samples, jobs: frozenset[str], where: str) -> Iterator[Finding]:
    """Yield why *selector* picks no series: no such metric, no such label, no such value."""
    name = name_of(selector)
    if name and not samples.has(name):
        yield NO_METRIC.found(name, f"{name} does not exist", f"{where}: not among the metrics of {samples.source}")
        return
    if any(one.name == "job" and jobs and not any(holds(one, job) for job in jobs) for one in matchers(selector)):
        yield NO_VALUE.found(
            f"{name}-job", f"no job passes `{_shown(selector)}`", f"{where}: {', '.join(sorted(jobs))}"
        )
        return
    rows = [row for _, row in samples.named(selector)]
    if not rows or samples.picked(selector):
        return
    for matcher in matchers(selector):
        yield from _unmatched(selector, matcher, rows, samples, where)


def _unmatched(
    selector: VectorSelector, matcher: Matcher, rows: list[dict[str, str]], samples: Samples, where: str
) -> Iterator[Finding]:
    label = matcher.name
    if label == NAME or label in samples.unknown or any(holds(matcher, row.get(label, "")) for row in rows):
        return
    name, seen = name_of(selector), sorted({row[label] for row in rows if row.get(label)})
    if not seen:
        labels = ", ".join(sorted({each for row in rows for each in row})) or "none"
        yield NO_LABEL.found(f"{name}-{label}", f"{name} has no label {label}", f"{where}: its labels are {labels}")
    elif not (all(value.isdigit() for value in seen) and DIGITS.fullmatch(matcher.value.replace("\\d", ""))):
        told = f"{where}: seen are {', '.join(seen[:8])}"
        yield NO_VALUE.found(f"{name}-{label}", f"no {label} of {name} passes `{matcher}`", told)


def _shown(selector: VectorSelector) -> str:
    return " ".join(str(selector).split())


def _of_function(rule: Rule, call: promql_parser.Call, samples: Samples) -> Iterator[Finding]:
    name = call.func.name
    if name not in OF_COUNTERS:
        return
    for argument in call.args:
        if not isinstance(argument, promql_parser.MatrixSelector):
            continue
        metric = name_of(argument.vector_selector)
        if samples.type_of(metric) == "gauge":
            told = f"{rule.where}: {metric} is declared a gauge in {samples.source}"
            yield GAUGE.found(f"{rule.name}-{metric}", f"{rule.name}: {name}() of the gauge {metric}", told)


def _join(rule: Rule, expr: BinaryExpr, rules: Rules, samples: Samples) -> Iterator[Finding]:
    """Yield an operation whose sides have series, none of which belong together, or too many of which do."""
    left, right = (series_of(side, rules.recorded, samples) for side in (expr.lhs, expr.rhs))
    if not left or not right or operator(expr) == "or":
        return
    unknown = samples.unknown
    keys, others = ([key(expr, _known(row, unknown)) for row in side] for side in (left, right))
    text = " ".join(str(expr).split())
    if not set(keys) & set(others):
        if operator(expr) != "unless":
            told = f"{rule.where}: `{text[:160]}`: left {_first(left)}, right {_first(right)}"
            yield NO_JOIN.found(rule.name, f"{rule.name}: the sides of {operator(expr)} never match", told)
        return
    if operator(expr) not in SETS and expr.modifier is not None and "group" not in str(expr.modifier):
        twice = [one for one in set(keys) & set(others) if keys.count(one) > 1 or others.count(one) > 1]
        if twice:
            told = f"{rule.where}: `{text[:160]}`: several series have {dict(twice[0]) or 'no labels'}"
            yield MANY.found(rule.name, f"{rule.name}: one series meets several", told)


def _known(row: dict[str, str], unknown: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name not in unknown}


def _first(rows: list[dict[str, str]]) -> str:
    return ", ".join(f'{name}="{value}"' for name, value in sorted(rows[0].items())) or "without labels"


def _plain_counters(rule: Rule, tree: Expr, rules: Rules, samples: Samples) -> Iterator[Finding]:
    for name in sorted(set(_uncounted(tree, rules, counted=False))):
        part = name.endswith(("_sum", "_count", "_bucket"))
        if samples.type_of(name) == "counter" or (part and samples.type_of(name) == "histogram"):
            told = f"{rule.where}: {name} is a counter, and is compared without a rate"
            yield COUNTER.found(f"{rule.name}-{name}", f"{rule.name} compares the counter {name} as it is", told)


def _uncounted(expr: Expr, rules: Rules, *, counted: bool) -> Iterator[str]:
    """Yield the metrics whose plain values reach the comparison; what began within a window counts whole."""
    expr = bare(expr)
    behind = record_of(expr, rules.recorded)
    if behind is not None:
        yield from _uncounted(behind, rules, counted=counted)
        return
    if isinstance(expr, promql_parser.VectorSelector) and not counted:
        yield name_of(expr)
    if isinstance(expr, promql_parser.BinaryExpr) and operator(expr) in ("unless", "-") and _earlier(expr.rhs):
        return
    if isinstance(expr, promql_parser.BinaryExpr) and operator(expr) in ("and", "unless"):
        yield from _uncounted(expr.lhs, rules, counted=counted)
        return
    name = expr.func.name if isinstance(expr, promql_parser.Call) else ""
    op = str(expr.op) if isinstance(expr, promql_parser.AggregateExpr) else ""
    for child in children(expr):
        yield from _uncounted(child, rules, counted=counted or name in COUNTED or op in EXISTING)


def _earlier(expr: Expr) -> bool:
    """Say whether *expr* reads values of some time ago: what is left of a counter beside them is what it gained."""
    return any(isinstance(one, promql_parser.VectorSelector) and bool(one.offset) for one in walk(expr, {}))
