"""Between which values an expression of PromQL can be, as far as its tree, names and samples tell."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import promql_parser

from drills.audit.promql import COMPARISONS, bare, matchers, name_of, operator, record_of, returns_bool, selectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promql_parser import Expr

    from drills.audit.samples import Samples

INF: Final = math.inf
COUNTED: Final = frozenset(
    ("rate", "irate", "increase", "resets", "changes", "count", "count_over_time", "stddev", "stdvar", "time", "abs")
)
ONE: Final = frozenset(("absent", "absent_over_time", "present_over_time", "group"))
SUMS: Final = frozenset(("sum", "sum_over_time"))
KEPT: Final = frozenset(
    (
        *("avg", "min", "max", "quantile", "topk", "bottomk", "sort", "sort_desc", "label_replace", "label_join"),
        *("avg_over_time", "min_over_time", "max_over_time", "last_over_time", "quantile_over_time"),
        *("scalar", "vector"),
    )
)
"""What returns values between those that it is given."""
_TRUTH: Final = re.compile(r"up|\w+_up|probe_success|\w+_success")
_SHARE: Final = re.compile(r"\w+_(?:ratio|share|fraction)")
_PERCENT: Final = re.compile(r"\w+_(?:percent|percentage|pct)")
_COUNTER: Final = re.compile(r"\w+_(?:total|count|sum|bucket)")
_MEASURE: Final = re.compile(r"\w+_(?:seconds|bytes|milliseconds)")


@dataclass(frozen=True)
class Bounds:
    """The least and the largest value that can be; *why* says what bounds it, empty where nothing special does."""

    low: float = -INF
    high: float = INF
    why: str = ""


@dataclass(frozen=True)
class Known:
    """What bounds follow from beside the tree: recording rules, and samples where there are any."""

    recorded: Mapping[str, Expr]
    samples: Samples | None = None


def bounds(expr: Expr, known: Known) -> Bounds:  # noqa: PLR0911 - one case for each kind of expression
    """Return the bounds of *expr*."""
    expr = bare(expr)
    match expr:
        case promql_parser.NumberLiteral():
            return Bounds(expr.val, expr.val)
        case promql_parser.UnaryExpr():
            inner = bounds(expr.expr, known)
            return Bounds(-inner.high, -inner.low, inner.why)
        case promql_parser.VectorSelector():
            behind = record_of(expr, known.recorded)
            return _selected(expr, known) if behind is None else bounds(behind, known)
        case promql_parser.MatrixSelector():
            return bounds(expr.vector_selector, known)
        case promql_parser.SubqueryExpr():
            return bounds(expr.expr, known)
        case promql_parser.AggregateExpr():
            return _called(str(expr.op), expr.expr, known)
        case promql_parser.Call():
            return _function(expr, known)
        case promql_parser.BinaryExpr():
            return _operation(expr, known)
    return Bounds()


def _selected(selector: promql_parser.VectorSelector, known: Known) -> Bounds:
    """Return the bounds of all metrics that *selector* picks; one without a name picks those of the samples."""
    name = name_of(selector)
    if name:
        return _named(name)
    names = {name for name, _ in known.samples.named(selector)} if known.samples else set()
    found = [_named(each) for each in sorted(names)]
    if not found:
        return Bounds()
    return Bounds(min(one.low for one in found), max(one.high for one in found), found[0].why)


def _named(name: str) -> Bounds:
    """Return what naming conventions say of a metric's values."""
    if _TRUTH.fullmatch(name):
        return Bounds(0.0, 1.0, f"{name} is 1 or 0")
    if _SHARE.fullmatch(name):
        return Bounds(0.0, 1.0, f"{name} is a share of 1")
    if _PERCENT.fullmatch(name):
        return Bounds(0.0, 100.0, f"{name} is a share of 100")
    if _COUNTER.fullmatch(name):
        return Bounds(0.0, why=f"{name} only counts")
    return Bounds(0.0, why=f"{name} is not negative") if _MEASURE.fullmatch(name) else Bounds()


def _function(expr: promql_parser.Call, known: Known) -> Bounds:
    name, args = expr.func.name, list(expr.args)
    if name == "histogram_quantile":
        return _quantile(args[1], known)
    if name in ("clamp_max", "clamp_min", "clamp"):
        return _clamped(name, args, known)
    vectors = [one for one in args if not isinstance(bare(one), promql_parser.NumberLiteral)]
    return _called(name, vectors[0] if vectors else args[0], known) if args else _called(name, None, known)


def _called(name: str, inner: Expr | None, known: Known) -> Bounds:  # noqa: PLR0911 - one case for each kind of expression
    if name in COUNTED:
        return Bounds(0.0, why=f"{name}() is not negative")
    if name in ONE:
        return Bounds(1.0, 1.0, f"{name}() is 1")
    if inner is None:
        return Bounds()
    found = bounds(inner, known)
    if name in KEPT:
        return found
    if name in SUMS:
        return Bounds(found.low if found.low >= 0 else -INF, found.high if found.high <= 0 else INF, found.why)
    if name in ("ceil", "floor", "round"):
        return Bounds(math.floor(found.low) if math.isfinite(found.low) else found.low, _up(found.high), found.why)
    return Bounds()


def _up(value: float) -> float:
    return math.ceil(value) if math.isfinite(value) else value


def _clamped(name: str, args: list[Expr], known: Known) -> Bounds:
    found, limits = bounds(args[0], known), [bounds(one, known) for one in args[1:]]
    low = max(found.low, limits[0].low) if name != "clamp_max" else found.low
    high = min(found.high, limits[-1].high) if name != "clamp_min" else found.high
    return Bounds(low, high, f"{name}() bounds it")


def _quantile(buckets: Expr, known: Known) -> Bounds:
    """Return the bounds of a quantile: it is never above the largest finite bucket, whatever was observed."""
    if known.samples is None:
        return Bounds()
    edges: set[float] = set()
    for selector in selectors(buckets, known.recorded):
        edges |= {_number(row.get("le", "")) for _, row in known.samples.named(selector)}
    finite = [edge for edge in edges if math.isfinite(edge)]
    if not finite:
        return Bounds()
    return Bounds(min(0.0, *finite), max(finite), f"the largest finite bucket is {max(finite):g}")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _operation(expr: promql_parser.BinaryExpr, known: Known) -> Bounds:
    op, left, right = operator(expr), bounds(expr.lhs, known), bounds(expr.rhs, known)
    if op in COMPARISONS:
        return Bounds(0.0, 1.0, "`bool` gives 1 or 0") if returns_bool(expr) else _filtered(op, left, right)
    if op in ("and", "unless"):
        return left
    if op == "or":
        return Bounds(min(left.low, right.low), max(left.high, right.high), left.why)
    if op == "/" and _is_part(expr, known):
        return Bounds(0.0, 1.0, "a part divided by its whole is at most 1")
    return _computed(op, left, right)


def _filtered(op: str, left: Bounds, right: Bounds) -> Bounds:
    """Return the values that a comparison lets through."""
    if op in (">", ">="):
        return Bounds(max(left.low, right.low), left.high, left.why)
    if op in ("<", "<="):
        return Bounds(left.low, min(left.high, right.high), left.why)
    return left


def _computed(op: str, left: Bounds, right: Bounds) -> Bounds:
    why = left.why or right.why
    if op == "+":
        return Bounds(left.low + right.low, left.high + right.high, why)
    if op == "-":
        return Bounds(left.low - right.high, left.high - right.low, why)
    if op == "*":
        corners = [_times(one, other) for one in (left.low, left.high) for other in (right.low, right.high)]
        return Bounds(min(corners), max(corners), why)
    if op == "/" and right.low == right.high and right.low:
        corners = [left.low / right.low, left.high / right.low]
        return Bounds(min(corners), max(corners), why)
    return Bounds(0.0, why=why) if op in ("/", "%", "^") and left.low >= 0 and right.low >= 0 else Bounds()


def _times(one: float, other: float) -> float:
    return 0.0 if not one or not other else one * other


def _is_part(expr: promql_parser.BinaryExpr, known: Known) -> bool:
    """Say whether the left side counts some of what the right side counts: the same metric, more narrowly picked."""
    parts, wholes = selectors(expr.lhs, known.recorded), selectors(expr.rhs, known.recorded)
    if not parts or len({_shape(expr.lhs), _shape(expr.rhs)}) != 1:
        return False
    return all(any(_narrower(part, whole) for whole in wholes) for part in parts)


def _shape(expr: Expr) -> tuple[str, ...]:
    """Return the functions around the one series of *expr*; empty ones do not count."""
    expr = bare(expr)
    match expr:
        case promql_parser.AggregateExpr() if str(expr.op) == "sum":
            return ("sum", str(expr.modifier), *_shape(expr.expr))
        case promql_parser.Call() if expr.func.name in ("rate", "increase", "irate"):
            return (expr.func.name, *_shape(expr.args[0]))
        case promql_parser.MatrixSelector():
            return (str(expr.range),)
        case promql_parser.BinaryExpr() if operator(expr) == "or":
            return _shape(expr.lhs)
        case promql_parser.BinaryExpr() if operator(expr) in COMPARISONS:
            return _shape(expr.lhs)
    return (type(expr).__name__,)


def _narrower(part: promql_parser.VectorSelector, whole: promql_parser.VectorSelector) -> bool:
    asked = {str(one) for one in matchers(part)}
    return bool(name_of(part)) and name_of(part) == name_of(whole) and {str(one) for one in matchers(whole)} <= asked
