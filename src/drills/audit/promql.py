"""Walk PromQL's tree with recording rules filled in, and try matchers on labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import promql_parser
from promql_parser import MatchOp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promql_parser import Expr, Matcher, VectorSelector

COMPARISONS: Final = (">", ">=", "<", "<=", "==", "!=")
SETS: Final = ("and", "or", "unless")
DEEPEST: Final = 8
"""Recording rules that read each other any deeper may read themselves."""
NAME: Final = "__name__"


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions directly below *expr*."""
    match expr:
        case promql_parser.BinaryExpr():
            return (expr.lhs, expr.rhs)
        case promql_parser.AggregateExpr():
            return (expr.expr,) if expr.param is None else (expr.param, expr.expr)
        case promql_parser.Call():
            return tuple(expr.args)
        case promql_parser.MatrixSelector():
            return (expr.vector_selector,)
        case promql_parser.ParenExpr() | promql_parser.UnaryExpr() | promql_parser.SubqueryExpr():
            return (expr.expr,)
    return ()


def bare(expr: Expr) -> Expr:
    """Return *expr* without parentheses around it."""
    return bare(expr.expr) if isinstance(expr, promql_parser.ParenExpr) else expr


def name_of(selector: VectorSelector) -> str:
    """Return the metric that *selector* names, empty where it names none or several."""
    equal = (one.value for one in matchers(selector) if one.name == NAME and one.op == MatchOp.Equal)
    return selector.name or next(equal, "")


def record_of(expr: Expr, recorded: Mapping[str, Expr]) -> Expr | None:
    """Return the recording rule behind *expr*, None where it is no selector of one."""
    return recorded.get(name_of(expr)) if isinstance(expr, promql_parser.VectorSelector) else None


def walk(expr: Expr, recorded: Mapping[str, Expr], depth: int = 0) -> Iterator[Expr]:
    """Yield *expr* and all below it; a selector of a recording rule is followed by what the rule reads."""
    yield expr
    behind = record_of(expr, recorded)
    if behind is not None and depth < DEEPEST:
        yield from walk(behind, recorded, depth + 1)
    for child in children(expr):
        yield from walk(child, recorded, depth)


def selectors(expr: Expr, recorded: Mapping[str, Expr]) -> tuple[VectorSelector, ...]:
    """Return the selectors of series that no recording rule makes, each once."""
    found = [
        one
        for one in walk(expr, recorded)
        if isinstance(one, promql_parser.VectorSelector) and record_of(one, recorded) is None
    ]
    return tuple({str(one): one for one in found}.values())


def matchers(selector: VectorSelector) -> list[Matcher]:
    """Return the matchers of *selector*, that of `__name__` among them."""
    return list(selector.matchers.matchers)


def holds(matcher: Matcher, value: str) -> bool:
    """Say whether *value* passes *matcher*; a label that a series lacks has the empty value."""
    if matcher.op in (MatchOp.Equal, MatchOp.NotEqual):
        return (matcher.value == value) is (matcher.op == MatchOp.Equal)
    try:
        found = re.fullmatch(matcher.value, value) is not None
    except re.error:  # a pattern of Go that Python does not know may match anything
        return True
    return found is (matcher.op == MatchOp.Re)


def fits(selector: VectorSelector, name: str, labels: Mapping[str, str], unknown: frozenset[str] = frozenset()) -> bool:
    """Say whether *selector* picks the series; matchers on *unknown* labels are taken to hold."""
    if selector.name and selector.name != name:
        return False
    held = {**labels, NAME: name}
    return all(one.name in unknown or holds(one, held.get(one.name, "")) for one in matchers(selector))


def operator(expr: Expr) -> str:
    """Return the sign of a binary operation, empty for any other expression."""
    return str(expr.op) if isinstance(expr, promql_parser.BinaryExpr) else ""


def returns_bool(expr: Expr) -> bool:
    """Say whether a comparison has the modifier `bool`."""
    return isinstance(expr, promql_parser.BinaryExpr) and bool(expr.modifier and expr.modifier.return_bool)


def is_scalar(expr: Expr) -> bool:
    """Say whether *expr* is a number and no vector."""
    expr = bare(expr)
    match expr:
        case promql_parser.NumberLiteral():
            return True
        case promql_parser.UnaryExpr():
            return is_scalar(expr.expr)
        case promql_parser.BinaryExpr():
            return is_scalar(expr.lhs) and is_scalar(expr.rhs)
        case promql_parser.Call():
            return expr.func.name in ("scalar", "time", "pi")
    return False
