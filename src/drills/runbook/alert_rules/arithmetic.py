"""Arithmetic on the tree of a rule: constants, and by what a figure is multiplied before it is compared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from drills.runbook.alert_rules.tree import Call, Number, Operation, Series, Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.runbook.alert_rules.tree import Node

ARITHMETIC: Final = ("+", "-", "*", "/", "%", "^")
AGGREGATIONS: Final = ("sum", "avg", "min", "max", "topk", "bottomk", "quantile", "limitk", "limit_ratio")
OVER_TIME: Final = tuple(f"{name}_over_time" for name in ("avg", "min", "max", "last", "first", "quantile"))
SORTED: Final = ("sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "label_replace", "label_join")
ROUNDED: Final = ("ceil", "floor", "round", "clamp", "clamp_min", "clamp_max", "scalar", "vector")
TRANSPARENT: Final = frozenset((*AGGREGATIONS, *OVER_TIME, *SORTED, *ROUNDED))
"""What returns a figure of the same unit as the one that it is given."""


@dataclass(frozen=True)
class Scaled:
    """A figure as *factor* times *core* plus *offset*, the core without any constant; a constant has no core."""

    core: Node | None
    factor: float = 1.0
    offset: float = 0.0

    def times(self, number: float) -> Scaled:
        """Return so many times the figure."""
        return Scaled(self.core, self.factor * number, self.offset * number)


def constant(node: Node) -> float | None:
    """Return the value of an expression that reads no series, None for any other."""
    match node:
        case Number(value):
            return value
        case Call("vector" | "scalar", (inner,)):
            return constant(inner)
        case Operation(op, left, right) if op in ARITHMETIC:
            one, other = constant(left), constant(right)
            return None if one is None or other is None else _computed(op, one, other)
    return None


def _computed(op: str, one: float, other: float) -> float:
    try:
        return {
            "+": lambda: one + other,
            "-": lambda: one - other,
            "*": lambda: one * other,
            "/": lambda: one / other,
            "%": lambda: math.fmod(one, other),
            "^": lambda: float(one**other),
        }[op]()
    except (ArithmeticError, ValueError, TypeError):
        return math.nan


def scaled(node: Node) -> Scaled:
    """Return *node* with the constants that it is multiplied by, divided by, or moved by taken out of it."""
    value = constant(node)
    if value is not None:
        return Scaled(None, 0.0, value)
    match node:
        case Operation("*" | "/" | "+" | "-" as op, left, right):
            return _combined(node, op, scaled(left), scaled(right))
        case Call(name, args) if name in TRANSPARENT:
            at = next(index for index, one in enumerate(args) if constant(one) is None)
            inner = scaled(args[at])
            if inner.core is not None and not (name == "sum" and inner.offset):
                return Scaled(Call(name, (*args[:at], inner.core, *args[at + 1 :])), inner.factor, inner.offset)
        case Window(inner_node, seconds):
            inner = scaled(inner_node)
            if inner.core is not None:
                return Scaled(Window(inner.core, seconds), inner.factor, inner.offset)
    return Scaled(node)


def _combined(node: Operation, op: str, left: Scaled, right: Scaled) -> Scaled:
    if left.core is None or right.core is None:
        return _with_constant(node, op, left, right)
    if left.offset or right.offset or not right.factor:
        return Scaled(node)
    core = Operation(op, left.core, right.core)
    if op == "/":
        return Scaled(core, left.factor / right.factor)
    if op == "*":
        return Scaled(core, left.factor * right.factor)
    return Scaled(core, left.factor) if left.factor == right.factor else Scaled(node)


def _with_constant(node: Operation, op: str, left: Scaled, right: Scaled) -> Scaled:
    """Return the result of an operation of which one side is a constant."""
    core = left.core or right.core
    match op:
        case "+":
            return Scaled(core, left.factor + right.factor, left.offset + right.offset)
        case "-":
            return Scaled(core, left.factor - right.factor, left.offset - right.offset)
        case "*":
            return left.times(right.offset) if right.core is None else right.times(left.offset)
        case "/" if right.core is None and right.offset:
            return left.times(1 / right.offset)
    return Scaled(node)


def walk(node: Node) -> Iterator[Node]:
    """Yield *node* and all below it, the outermost first."""
    yield node
    match node:
        case Window(inner, _):
            yield from walk(inner)
        case Call(_, args):
            for one in args:
                yield from walk(one)
        case Operation(_, left, right):
            yield from walk(left)
            yield from walk(right)


def names(node: Node) -> list[str]:
    """Return the names of the metrics that *node* reads, in its order."""
    return [one.name for one in walk(node) if isinstance(one, Series) and one.name]


def windows_s(node: Node) -> frozenset[float]:
    """Return the seconds over which *node* counts or averages."""
    return frozenset(one.seconds for one in walk(node) if isinstance(one, Window))


def without_windows(node: Node) -> Node:
    """Return *node* with all its windows made equal: the same figure over another time."""
    match node:
        case Window(inner, _):
            return Window(without_windows(inner), 0.0)
        case Call(name, args):
            return Call(name, tuple(map(without_windows, args)))
        case Operation(op, left, right, keeps_all):
            return Operation(op, without_windows(left), without_windows(right), keeps_all)
    return node
