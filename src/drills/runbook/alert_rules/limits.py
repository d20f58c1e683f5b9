"""The limits that a rule compares with: under which conditions it fires, and which of them only guard another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from drills.common.threshold import NEGATED
from drills.runbook.alert_rules.arithmetic import constant, scaled, walk
from drills.runbook.alert_rules.tree import Call, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.runbook.alert_rules.tree import Node

COMPARISONS: Final = (">", ">=", "<", "<=", "==", "!=")
MIRRORED: Final = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}
OPPOSITE: Final = {**NEGATED, "==": "!=", "!=": "=="}
ABSENT: Final = ("absent", "absent_over_time")
COUNTS: Final = ("count", "count_over_time")
TRUTHS: Final = ("sum", "max", "min", "group", "avg")
"""What is above 0 as soon as one of the ones and zeros that it is given is a one."""
ALWAYS: Final = "it fires at every value: `bool` keeps the series that do not exceed the limit"
NEVER: Final = "it can never fire: where nothing is left to count, count() has no value"
NO_LIMIT: Final = "it compares with no limit, so it fires wherever there is a series"
CONSTANT: Final = "it reads no series, so it fires always or never"
TWO_SERIES: Final = "it compares two series with each other"
COUNTED: Final = "it counts the series that exceed a limit, and compares their number"


@dataclass(frozen=True)
class Limit:
    """One comparison: the rule fires where *subject* is beyond *value*."""

    subject: Node
    op: str
    value: float


@dataclass(frozen=True)
class Absence:
    """The rule fires where *subject* has no series."""

    subject: Node


@dataclass(frozen=True)
class NoLimit:
    """What is no limit, and why; *decided* is whether it certainly is none."""

    why: str
    decided: bool = True


@dataclass(frozen=True)
class Condition:
    """One way in which a rule fires: *main*, while all *guards* hold as well."""

    main: Limit | Absence | NoLimit
    guards: tuple[Condition, ...] = ()


def conditions(node: Node) -> tuple[Condition, ...]:
    """Return the ways in which a rule fires, any of which is enough."""
    match node:
        case Operation("or", left, right):
            return (*conditions(left), *conditions(right))
        case Operation("and", left, right):
            return _guarded(conditions(left), conditions(right))
        case Operation("unless", left, _):
            return conditions(left)
        case Operation(op, left, right, keeps_all) if op in COMPARISONS:
            return _none(ALWAYS) if keeps_all else _compared(op, left, right)
    return _without_comparison(node)


def _without_comparison(node: Node) -> tuple[Condition, ...]:
    """Return the ways in which an expression has a value that is no comparison itself."""
    if isinstance(node, Call) and node.name in ABSENT:
        return (Condition(Absence(node.args[0])),)
    if constant(node) is not None:
        return _none(CONSTANT)
    filtered = _filter_in(node)
    return conditions(filtered) if filtered is not None else _none(NO_LIMIT)


def _none(why: str, *, decided: bool = True) -> tuple[Condition, ...]:
    return (Condition(NoLimit(why, decided)),)


def _guarded(mains: tuple[Condition, ...], guards: tuple[Condition, ...]) -> tuple[Condition, ...]:
    return tuple(replace(one, guards=(*one.guards, *guards)) for one in mains)


def _compared(op: str, left: Node, right: Node) -> tuple[Condition, ...]:
    value, mirrored = constant(right), constant(left)
    if value is None and mirrored is None:
        return _beside(op, left, right)
    if value is None:
        return _against(right, MIRRORED[op], mirrored or 0.0)
    return _against(left, op, value) if mirrored is None else _none(CONSTANT)


def _against(subject: Node, op: str, value: float) -> tuple[Condition, ...]:
    """Return the ways in which *subject* is beyond a number; it may be a comparison, or the number of its results."""
    match subject:
        case Operation(inner_op, _, _, keeps_all) if inner_op in COMPARISONS:
            return _truth(subject, op, value) if keeps_all else _filtered(subject, op, value)
        case Operation("and" | "unless", left, right):
            return _guarded(_against(left, op, value), conditions(right) if subject.op == "and" else ())
        case Call(name, (inner,)) if name in COUNTS and _is_filter(inner):
            return _number_of(inner, op, value)
        case Call(name, (inner,)) if name in TRUTHS and _is_truth(inner):
            return _truth(inner, op, value) if _exists(op, value) else _none(COUNTED, decided=False)
        case Call(name, (inner, *_)) if name in ABSENT:
            known = _exists(op, value) or (op, value) == ("==", 1.0)
            return (Condition(Absence(inner) if known else NoLimit(NEVER)),)
    return (Condition(Limit(subject, op, value)),)


def _filtered(subject: Operation, op: str, value: float) -> tuple[Condition, ...]:
    """Return a value that is beyond two numbers, such as `0 < x < 5`: the outer one is the limit."""
    inner = conditions(subject)
    limits = [one.main for one in inner if isinstance(one.main, Limit)]
    if len(limits) != 1 or len(inner) != 1:
        return _none(TWO_SERIES, decided=False)
    return (Condition(Limit(limits[0].subject, op, value), (inner[0],)),)


def _truth(subject: Node, op: str, value: float) -> tuple[Condition, ...]:
    """Return the comparison of which *subject* is the result, 1 or 0, where the rule asks for the one or the other."""
    fires = {truth: _holds(op, truth, value) for truth in (0.0, 1.0)}
    if fires[0.0] == fires[1.0] or not isinstance(subject, Operation):
        return _none(ALWAYS if fires[0.0] else "it can never fire")
    asked = subject.op if fires[1.0] else OPPOSITE[subject.op]
    return _compared(asked, subject.left, subject.right)


def _number_of(inner: Node, op: str, value: float) -> tuple[Condition, ...]:
    """Return what `count(x > 5)` says: there is one, or so many, or none, which no rule can see."""
    if _exists(op, value):
        return conditions(inner)
    if _holds(op, 0.0, value) and not _holds(op, 1.0, value):
        return _none(NEVER)
    return _none(COUNTED, decided=False)


def _beside(op: str, left: Node, right: Node) -> tuple[Condition, ...]:
    """Return the limit of one series as a multiple of another, such as `used > 0.8 * total`."""
    one, other = scaled(left), scaled(right)
    if one.core is None or other.core is None or one.offset or other.offset or (one.factor == other.factor == 1.0):
        return _none(TWO_SERIES, decided=False)
    if not one.factor:
        return _none(TWO_SERIES, decided=False)
    ratio = other.factor / one.factor
    asked = op if one.factor > 0 else MIRRORED[op]
    return (Condition(Limit(Operation("/", one.core, other.core), asked, ratio)),)


def _exists(op: str, value: float) -> bool:
    """Whether a whole number is compared so that any above 0 will do."""
    return (op, value) in ((">", 0.0), (">=", 1.0), ("!=", 0.0))


def _holds(op: str, one: float, other: float) -> bool:
    compare: dict[str, Callable[[], bool]] = {
        ">": lambda: one > other,
        ">=": lambda: one >= other,
        "<": lambda: one < other,
        "<=": lambda: one <= other,
        "==": lambda: one == other,
        "!=": lambda: one != other,
    }
    return compare[op]()


def _is_filter(node: Node) -> bool:
    return isinstance(node, Operation) and node.op in COMPARISONS and not node.keeps_all


def _is_truth(node: Node) -> bool:
    return isinstance(node, Operation) and node.op in COMPARISONS and node.keeps_all


def _filter_in(node: Node) -> Node | None:
    """Return the outermost comparison inside an expression that has a value only where it holds."""
    return next((one for one in walk(node) if one is not node and _is_filter(one)), None)
