"""The worst cases of an alert: series with values that have to make it fire, found by walking its expression."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import promql_parser
from promql_parser import MatchOp

from drills.audit.bounds import Known, bounds
from drills.audit.promql import (
    COMPARISONS,
    NAME,
    bare,
    holds,
    is_scalar,
    matchers,
    name_of,
    operator,
    record_of,
    returns_bool,
    selectors,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import Expr, VectorSelector

LARGE: Final = 1e9
COUNTERS: Final = frozenset(("rate", "irate", "increase", "resets", "changes"))
PLAIN: Final = frozenset(
    [
        "abs",
        "ceil",
        "floor",
        "round",
        "sort",
        "sort_desc",
        "scalar",
        "vector",
        "avg_over_time",
        "min_over_time",
        "max_over_time",
        "last_over_time",
        "sum_over_time",
        "quantile_over_time",
        "clamp_min",
        "clamp_max",
        "clamp",
    ]
)
AGGREGATED: Final = frozenset(("sum", "avg", "min", "max", "topk", "bottomk", "quantile", "group"))
NO_ANSWER: Final = "the way its expression is computed is not understood here"
PAST: Final = "it looks into the past"
TURNED: Final = "one series has to be large and small at once"


class Untold(Exception):  # noqa: N818 - a limit of this reader, and no error of the rule
    """An expression of which no worst case is known; the text says why."""


@dataclass(frozen=True)
class Line:
    """One series and its values, as promtool's tests write them."""

    series: str
    values: str


@dataclass
class _World:
    """What is collected on the way: series with their values, and those that have to be gone."""

    lines: dict[str, str] = field(default_factory=dict)
    gone: list[VectorSelector] = field(default_factory=list)


@dataclass(frozen=True)
class _Wish:
    """What a figure is to be: large, small, or *exactly* a number; *counts* is whether a counter is asked for.

    What *divides* another figure is small without being none.
    """

    large: bool = True
    exactly: float | None = None
    counts: bool = False
    divides: bool = False


def worlds(expr: Expr, known: Known, steps: int) -> Iterator[tuple[Line, ...]]:
    """Yield worst cases of *expr*, one for each way in which it may fire; *steps* is how many samples each series has.

    Raises Untold where nothing is known.
    """
    for way in _ways(expr, known):
        world = _World()
        _fire(way, known, world, steps)
        yield tuple(Line(series, values) for series, values in world.lines.items())


def _ways(expr: Expr, known: Known) -> Iterator[Expr]:
    """Yield the sides of an outermost `or`, each of which is enough."""
    expr = bare(expr)
    if isinstance(expr, promql_parser.BinaryExpr) and operator(expr) == "or":
        yield from _ways(expr.lhs, known)
        yield from _ways(expr.rhs, known)
        return
    yield expr


def _fire(expr: Expr, known: Known, world: _World, steps: int) -> None:
    """Add to *world* what makes *expr* have a value."""
    expr = bare(expr)
    behind = record_of(expr, known.recorded)
    if behind is not None:
        _fire(behind, known, world, steps)
    elif isinstance(expr, promql_parser.Call) and expr.func.name in ("absent", "absent_over_time"):
        return
    elif not isinstance(expr, promql_parser.BinaryExpr) or returns_bool(expr):
        _want(expr, _Wish(), known, world, steps)
    elif operator(expr) == "and":
        _fire(expr.lhs, known, world, steps)
        _fire(expr.rhs, known, world, steps)
    elif operator(expr) == "unless":
        _fire(expr.lhs, known, world, steps)
    elif operator(expr) in COMPARISONS:
        _compare(expr, known, world, steps)
    else:
        _want(expr, _Wish(), known, world, steps)


def _compare(expr: promql_parser.BinaryExpr, known: Known, world: _World, steps: int) -> None:
    op = operator(expr)
    if operator(bare(expr.lhs)) in COMPARISONS:
        raise Untold("it compares twice")
    limit = bounds(expr.rhs, known)
    exactly = limit.low if op == "==" and limit.low == limit.high else None
    if op == "!=" and limit.low == limit.high:
        exactly = 0.0 if limit.low else 1.0
    large = op not in ("<", "<=")
    _want(expr.lhs, _Wish(large, exactly), known, world, steps)
    _want(expr.rhs, _Wish(not large), known, world, steps)


def _want(expr: Expr, wish: _Wish, known: Known, world: _World, steps: int) -> None:
    """Add to *world* what makes the figure *expr* as *wish* says."""
    expr = bare(expr)
    if is_scalar(expr):
        return
    match expr:
        case promql_parser.VectorSelector():
            behind = record_of(expr, known.recorded)
            if behind is not None:
                _want(behind, wish, known, world, steps)
            else:
                _series(expr, wish, known, world, steps)
        case promql_parser.MatrixSelector():
            _series(expr.vector_selector, wish, known, world, steps)
        case promql_parser.AggregateExpr():
            if str(expr.op) not in AGGREGATED:
                raise Untold(NO_ANSWER)
            _want(expr.expr, wish, known, world, steps)
        case promql_parser.UnaryExpr():
            _want(expr.expr, _Wish(not wish.large), known, world, steps)
        case promql_parser.Call():
            _called(expr, wish, known, world, steps)
        case promql_parser.BinaryExpr():
            _operation(expr, wish, known, world, steps)
        case _:
            raise Untold(NO_ANSWER)


def _called(expr: promql_parser.Call, wish: _Wish, known: Known, world: _World, steps: int) -> None:
    name, args = expr.func.name, list(expr.args)
    if name == "histogram_quantile":
        _buckets(args[1], wish, known, world, steps)
    elif name in COUNTERS:
        _want(args[0], replace(wish, exactly=None, counts=True), known, world, steps)
    elif name in PLAIN:
        vector = next((one for one in args if not is_scalar(one)), None)
        if vector is not None:
            _want(vector, wish, known, world, steps)
    elif name not in ("absent", "absent_over_time"):
        raise Untold(NO_ANSWER)


def _operation(expr: promql_parser.BinaryExpr, wish: _Wish, known: Known, world: _World, steps: int) -> None:
    op = operator(expr)
    if op == "or":
        _either(expr, wish, known, world, steps)
        return
    if op in ("and", "unless", *COMPARISONS):
        # A filter within a figure guards it: what it lets through is the left side.
        if op == "unless" and any(getattr(one, "offset", None) for one in walk(expr.rhs, known.recorded)):
            raise Untold(PAST)
        _want(expr.lhs, wish, known, world, steps)
        if op == "and":
            _fire(expr.rhs, known, world, steps)
        return
    if wish.exactly is not None:
        raise Untold("it asks for one value of a sum or a share")
    other = wish.large if op in ("+", "*") else not wish.large
    left = wish.large
    if op == "*" and is_scalar(expr.lhs) and bounds(expr.lhs, known).high < 0:
        other = not other
    _want(expr.lhs, replace(wish, large=left), known, world, steps)
    _want(expr.rhs, replace(wish, large=other, divides=wish.divides or op == "/"), known, world, steps)


def _either(expr: promql_parser.BinaryExpr, wish: _Wish, known: Known, world: _World, steps: int) -> None:
    """Add the first side of an `or` of which a worst case is known."""
    try:
        _want(expr.lhs, wish, known, world, steps)
    except Untold:
        _want(expr.rhs, wish, known, world, steps)


def _buckets(expr: Expr, wish: _Wish, known: Known, world: _World, steps: int) -> None:
    """Add a histogram whose observations are all beyond its finite buckets, or all in the first."""
    for selector in selectors(expr, known.recorded):
        edges = sorted(_edges(selector, known))
        labels = _labels(selector)
        for edge in edges:
            grows = LARGE if not wish.large or math.isinf(edge) else 0.0
            text = "+Inf" if math.isinf(edge) else f"{edge:g}"
            _add(world, _written(selector, {**labels, "le": text}), f"0+{grows:g}x{steps}")


def _edges(selector: VectorSelector, known: Known) -> set[float]:
    """Return the buckets that the metric has, and some that any value finds room in where that is not known."""
    rows = known.samples.named(selector) if known.samples else ()
    found = {float(row["le"]) for _, row in rows if row.get("le")}
    return found or {1e-3, 1.0, 1e3, 1e6, LARGE, math.inf}


def _series(selector: VectorSelector, wish: _Wish, known: Known, world: _World, steps: int) -> None:
    if selector.offset:
        raise Untold(PAST)
    extreme = bounds(selector, known)
    value = min(extreme.high, LARGE) if wish.large else max(extreme.low, 0.0 if extreme.low >= 0 else -LARGE)
    if wish.counts or (wish.divides and not wish.large):
        value = LARGE if wish.large else 1.0
    if wish.exactly is not None:
        value = wish.exactly
    values = f"0+{value:g}x{steps}" if wish.counts else f"{value:g}x{steps}"
    name = name_of(selector)
    names = [name] if name else sorted({each for each, _ in known.samples.named(selector)} if known.samples else ())
    if not names:
        raise Untold("it reads series by a pattern")
    for each in names:
        _add(world, _written(selector, _labels(selector), each), values)


def _add(world: _World, series: str, values: str) -> None:
    if world.lines.setdefault(series, values) != values:
        raise Untold(TURNED)


def _labels(selector: VectorSelector) -> dict[str, str]:
    """Return labels that pass the matchers of *selector*."""
    labels: dict[str, str] = {}
    for one in matchers(selector):
        if one.name == NAME or holds(one, labels.get(one.name, "")):
            continue
        labels[one.name] = _value(one)
    if not all(one.name == NAME or holds(one, labels.get(one.name, "")) for one in matchers(selector)):
        raise Untold("no labels pass its matchers here")
    return labels


def _value(matcher: promql_parser.Matcher) -> str:
    if matcher.op == MatchOp.Equal:
        return matcher.value
    if matcher.op in (MatchOp.NotEqual, MatchOp.NotRe):
        return "other"
    first = re.sub(r"\(([^()|]*)\|[^()]*\)", r"\1", matcher.value).partition("|")[0].strip("^$()")
    made = re.sub(r"\[(\w)[^\]]*\]", r"\1", first)
    made = re.sub(r"\\d", "0", re.sub(r"\.[*+]", "x", made))
    for each in (made.replace(".", "0"), made.replace("\\", ""), made, "x"):
        if holds(matcher, each):
            return each
    raise Untold("a pattern of its labels is not understood here")


def _written(selector: VectorSelector, labels: dict[str, str], name: str = "") -> str:
    text = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    return f"{name or name_of(selector)}{{{text}}}"
