"""Which label names the result of an expression has, and which series it has where samples are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import promql_parser
from promql_parser import AggModifierType, LabelModifierType, MatchOp, VectorMatchCardinality

from drills.audit.promql import NAME, SETS, bare, is_scalar, matchers, operator, record_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promql_parser import AggregateExpr, BinaryExpr, Call, Expr

    from drills.audit.samples import Labels, Samples

PICKING: Final = ("topk", "bottomk", "limitk", "limit_ratio")
"""Aggregations that keep whole series."""
ONE_VALUE: Final = ("vector", "scalar", "time", "pi")


class Dropped:
    """The labels that an expression is known to lack: all but *kept* where that is not None, and those of *gone*."""

    def __init__(self, kept: frozenset[str] | None = None, gone: frozenset[str] = frozenset()) -> None:
        self.kept = kept
        self.gone = gone

    def lacks(self, label: str) -> bool:
        """Say whether the result certainly has no such label."""
        return label in self.gone or (self.kept is not None and label not in self.kept)


def dropped(expr: Expr, recorded: Mapping[str, Expr]) -> Dropped:  # noqa: PLR0911 - one case for each kind of expression
    """Return which labels *expr* drops, whatever series it reads."""
    expr = bare(expr)
    behind = record_of(expr, recorded)
    if behind is not None:
        return dropped(behind, recorded)
    match expr:
        case promql_parser.AggregateExpr():
            return _aggregated(expr, recorded)
        case promql_parser.Call():
            return _called(expr, recorded)
        case promql_parser.BinaryExpr():
            return _joined(expr, recorded)
        case promql_parser.UnaryExpr() | promql_parser.SubqueryExpr():
            return dropped(expr.expr, recorded)
        case promql_parser.NumberLiteral():
            return Dropped(frozenset())
    return Dropped()


def _aggregated(expr: AggregateExpr, recorded: Mapping[str, Expr]) -> Dropped:
    inner = dropped(expr.expr, recorded)
    if str(expr.op) in PICKING:
        return inner
    given = frozenset(expr.modifier.labels) if expr.modifier else frozenset()
    if expr.modifier and expr.modifier.type == AggModifierType.Without:
        return Dropped(inner.kept, inner.gone | given)
    return Dropped(frozenset(one for one in given if not inner.lacks(one)))


def _called(expr: Call, recorded: Mapping[str, Expr]) -> Dropped:
    name, args = expr.func.name, list(expr.args)
    if name in ONE_VALUE or not args:
        return Dropped(frozenset())
    if name in ("absent", "absent_over_time"):
        return Dropped(_equal(args[0]))
    if name in ("label_replace", "label_join"):
        return Dropped()
    inner = dropped(args[-1 if name in ("histogram_quantile", "quantile_over_time") else 0], recorded)
    gone = frozenset(("le",)) if name == "histogram_quantile" else frozenset()
    return Dropped(inner.kept, inner.gone | gone)


def _equal(expr: Expr) -> frozenset[str]:
    """Return the labels that absent() copies: those that its selector asks to be equal to something."""
    expr = bare(expr)
    if isinstance(expr, promql_parser.MatrixSelector):
        expr = expr.vector_selector
    if not isinstance(expr, promql_parser.VectorSelector):
        return frozenset()
    return frozenset(one.name for one in matchers(expr) if one.op == MatchOp.Equal and one.name != NAME)


def _joined(expr: BinaryExpr, recorded: Mapping[str, Expr]) -> Dropped:
    if is_scalar(expr.lhs):
        return dropped(expr.rhs, recorded)
    left, op = dropped(expr.lhs, recorded), operator(expr)
    if is_scalar(expr.rhs) or op in ("and", "unless"):
        return left
    if op == "or":
        right = dropped(expr.rhs, recorded)
        kept = None if left.kept is None or right.kept is None else left.kept | right.kept
        return Dropped(kept, frozenset(one for one in left.gone | right.gone if left.lacks(one) and right.lacks(one)))
    matching, grouped = _matching(expr), _grouped(expr)
    if grouped:
        return Dropped(None if left.kept is None else left.kept | grouped, left.gone - grouped)
    if matching is None:
        return left
    on, labels = matching
    return Dropped(labels) if on else Dropped(left.kept, left.gone | labels)


def _matching(expr: BinaryExpr) -> tuple[bool, frozenset[str]] | None:
    """Return whether the operation has `on` or `ignoring`, and with which labels; None for neither."""
    found = expr.modifier.matching if expr.modifier else None
    if found is None:
        return None
    return found.type == LabelModifierType.Include, frozenset(found.labels)


def _grouped(expr: BinaryExpr) -> frozenset[str]:
    """Return the labels that `group_left` or `group_right` adds, and one nameless label where it adds none."""
    if expr.modifier is None or expr.modifier.card == VectorMatchCardinality.OneToOne:
        return frozenset()
    return frozenset(expr.modifier.group_labels or ("",)) if operator(expr) not in SETS else frozenset()


def key(expr: BinaryExpr, labels: Labels) -> tuple[tuple[str, str], ...]:
    """Return what of *labels* has to be equal on both sides of the operation."""
    matching = _matching(expr)
    if matching is None:
        kept = labels
    elif matching[0]:
        kept = {name: labels.get(name, "") for name in matching[1]}
    else:
        kept = {name: value for name, value in labels.items() if name not in matching[1]}
    return tuple(sorted((name, value) for name, value in kept.items() if value))


def series_of(expr: Expr, recorded: Mapping[str, Expr], samples: Samples) -> list[Labels] | None:  # noqa: PLR0911 - one case for each kind of expression
    """Return the labels of each series that *expr* may have with *samples*, None where that cannot be told."""
    expr = bare(expr)
    behind = record_of(expr, recorded)
    if behind is not None:
        return series_of(behind, recorded, samples)
    match expr:
        case promql_parser.VectorSelector():
            return _without_twins(labels for _, labels in samples.picked(expr))
        case promql_parser.MatrixSelector():
            return series_of(expr.vector_selector, recorded, samples)
        case promql_parser.AggregateExpr():
            return _groups(expr, recorded, samples)
        case promql_parser.Call() if expr.func.name in ("label_replace", "label_join", "absent", "absent_over_time"):
            return None
        case promql_parser.Call() if expr.args and expr.func.name not in ONE_VALUE:
            rows = series_of(list(expr.args)[-1 if expr.func.name == "histogram_quantile" else 0], recorded, samples)
            return rows if rows is None else _without_twins(_less(row, _lost(expr)) for row in rows)
        case promql_parser.BinaryExpr():
            return _of_operation(expr, recorded, samples)
    return None


def _lost(expr: Call) -> frozenset[str]:
    return frozenset(("le",)) if expr.func.name == "histogram_quantile" else frozenset()


def _less(labels: Labels, gone: frozenset[str]) -> Labels:
    return {name: value for name, value in labels.items() if name not in gone}


def _without_twins(rows: Iterable[Labels]) -> list[Labels]:
    return list({tuple(sorted(row.items())): row for row in rows}.values())


def _groups(expr: AggregateExpr, recorded: Mapping[str, Expr], samples: Samples) -> list[Labels] | None:
    rows = series_of(expr.expr, recorded, samples)
    if rows is None or str(expr.op) in PICKING:
        return rows
    given = frozenset(expr.modifier.labels) if expr.modifier else frozenset()
    if expr.modifier and expr.modifier.type == AggModifierType.Without:
        return _without_twins(_less(row, given) for row in rows)
    return _without_twins({name: value for name, value in row.items() if name in given} for row in rows)


def _of_operation(expr: BinaryExpr, recorded: Mapping[str, Expr], samples: Samples) -> list[Labels] | None:
    if is_scalar(expr.lhs):
        return series_of(expr.rhs, recorded, samples)
    left = series_of(expr.lhs, recorded, samples)
    if is_scalar(expr.rhs) or operator(expr) in ("and", "unless"):
        return left
    if operator(expr) == "or":
        right = series_of(expr.rhs, recorded, samples)
        return None if left is None or right is None else _without_twins([*left, *right])
    matching = _matching(expr)
    if left is None or _grouped(expr) or matching is None:
        return left
    return _without_twins(dict(key(expr, row)) for row in left)
