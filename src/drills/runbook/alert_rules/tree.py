"""A rule's PromQL as a small tree of frozen values, in which the recording rules that it reads are filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import promql_parser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

DEEPEST: Final = 8
"""Recording rules that read each other any deeper are left as they are: they may read themselves."""


class NotPromQL(ValueError):  # noqa: N818  (a finding about a text of others)
    """A query that no Prometheus would load; the text says why."""


class UnknownPromQL(ValueError):  # noqa: N818  (a limit of this reader)
    """A query with something that this reader does not know, though a newer Prometheus may."""


@dataclass(frozen=True)
class Number:
    """A number, or a duration in seconds."""

    value: float


@dataclass(frozen=True)
class Series:
    """A selector: the metric's name (empty where it has none) and the labels that have to be equal to something."""

    name: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Window:
    """The values of *inner* over the last *seconds*."""

    inner: Node
    seconds: float


@dataclass(frozen=True)
class Call:
    """A function or an aggregation of *args*; an aggregation's parameter comes first."""

    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Operation:
    """Two sides and what is done with them; *keeps_all* is the modifier `bool`, which keeps every series."""

    op: str
    left: Node
    right: Node
    keeps_all: bool = False


Node = Number | Series | Window | Call | Operation


def parse(query: str, recorded: Mapping[str, str] | None = None) -> Node:
    """Return the tree of *query*; *recorded* is the PromQL of the recording rules, by the name of their series.

    Raises NotPromQL, and UnknownPromQL for what may be PromQL all the same.
    """
    return _node(_parsed(query), recorded or {}, 0)


def _parsed(query: str) -> promql_parser.Expr:
    try:
        return promql_parser.parse(query)
    except ValueError as error:
        text = " ".join(str(error).split())
        raise (UnknownPromQL if "unknown function" in text else NotPromQL)(text) from None


def _node(expression: promql_parser.Expr, recorded: Mapping[str, str], depth: int) -> Node:
    def below(inner: promql_parser.Expr) -> Node:
        return _node(inner, recorded, depth)

    match expression:
        case promql_parser.ParenExpr():
            return below(expression.expr)
        case promql_parser.MatrixSelector():
            return Window(_series(expression.vector_selector, recorded, depth), _seconds(expression.range))
        case promql_parser.VectorSelector():
            return _series(expression, recorded, depth)
        case promql_parser.NumberLiteral():
            return Number(expression.val)
    return _computed(expression, below)


def _computed(expression: promql_parser.Expr, below: Callable[[promql_parser.Expr], Node]) -> Node:
    """Return what is computed of other expressions; a text, which only names labels, is read as no series."""
    match expression:
        case promql_parser.UnaryExpr():
            return Operation("*", Number(-1.0), below(expression.expr))
        case promql_parser.BinaryExpr():
            keeps_all = bool(expression.modifier and expression.modifier.return_bool)
            return Operation(str(expression.op), below(expression.lhs), below(expression.rhs), keeps_all)
        case promql_parser.AggregateExpr():
            given = () if expression.param is None else (below(expression.param),)
            return Call(str(expression.op), (*given, below(expression.expr)))
        case promql_parser.Call():
            return Call(expression.func.name, tuple(map(below, expression.args)))
        case promql_parser.SubqueryExpr():
            return Window(below(expression.expr), _seconds(expression.range))
    return Series("")


def _series(selector: promql_parser.VectorSelector, recorded: Mapping[str, str], depth: int) -> Node:
    equal = [one for one in selector.matchers.matchers if one.op == promql_parser.MatchOp.Equal]
    name = selector.name or next((one.value for one in equal if one.name == "__name__"), "")
    if name in recorded and depth < DEEPEST:
        return _node(_parsed(recorded[name]), recorded, depth + 1)
    return Series(name, tuple((one.name, one.value) for one in equal if one.name != "__name__"))


def _seconds(length: timedelta | None) -> float:
    return length.total_seconds() if length else 0.0
