"""The PromQL of each quantity, taken from the owner's own rules for the alerts of the runbook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import promql_parser
from pydantic import ValidationError

from drills.adopt.notes import Note, asked, derived, guessed
from drills.runbook.expressions import Expressions
from drills.runbook.model import Quantity
from drills.runbook.rule_files import level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drills.runbook.model import Alert, Runbook
    from drills.runbook.rule_files import Rule

COMPARISONS = frozenset({">", ">=", "<", "<=", "==", "!="})
SCALES = (100.0, 1000.0)
"""Percent beside a ratio, milliseconds beside seconds."""
ALIKE = 0.7
NO_RULES = "no rules were given (`--rules`)"
EVERYTHING_UP = "min(up)"
_RANGE = re.compile(r"\[(?P<length>[\da-z]+)\]")
_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
WINDOW = "$window"


@dataclass(frozen=True)
class Matched:
    """An alert of the runbook and the rule that is taken for it, empty where none is."""

    alert: Alert
    rule: str
    how: str


@dataclass(frozen=True)
class Measured:
    """The expressions by quantity, and which rule belongs to which alert."""

    expressions: Mapping[Quantity, str]
    matched: tuple[Matched, ...]
    notes: tuple[Note, ...]


def measured(runbook: Runbook | None, rules: Mapping[str, Rule], *, metrics: bool) -> Measured:
    """Return what the runbook's alerts measure, by the owner's *rules*; *metrics* is whether there is a Prometheus."""
    expressions: dict[Quantity, str] = {}
    matched, notes = [], []
    for incident in runbook.incidents if runbook else ():
        alert = incident.alert
        name, how = _rule_of(alert.name, rules) if rules else ("", NO_RULES)
        matched.append(Matched(alert, name, how))
        if not name or alert.quantity in expressions or alert.quantity is Quantity.OTHER:
            continue
        text, note = _expression(alert, rules[name], f"the rule {name}", certain=name == alert.name)
        expressions |= {alert.quantity: text} if text else {}
        notes.append(note)
    wanted = {each.alert.quantity for each in matched} - {Quantity.OTHER}
    if metrics and Quantity.HEALTH in wanted - expressions.keys():
        expressions[Quantity.HEALTH] = EVERYTHING_UP
        notes.append(
            guessed("what `health` measures", f"no rule says it, so it is `{EVERYTHING_UP}`: all that is scraped")
        )
    notes += [_unmeasured(quantity) for quantity in Quantity if quantity in wanted - expressions.keys()]
    return Measured(expressions, tuple(matched), tuple(notes))


def _unmeasured(quantity: Quantity) -> Note:
    why = "the runbook has an alert on it, and no rule says how it is measured; write its PromQL into [expressions]"
    return asked(f"the PromQL of {quantity}", why)


def _rule_of(alert: str, rules: Mapping[str, Rule]) -> tuple[str, str]:
    """Return the rule of an alert and how it was found: the same name, nearly the same, or none."""
    if alert in rules:
        return alert, "the same name"
    plain = {_plain(name): name for name in rules}
    if _plain(alert) in plain:
        return plain[_plain(alert)], "the same words in another order or spelling: a guess"
    close = get_close_matches(_plain(alert), plain, n=1, cutoff=ALIKE)
    return (plain[close[0]], "a similar name: a guess") if close else ("", "no rule has such a name")


def _plain(name: str) -> str:
    """Return the words of a name in small letters and in the order of the alphabet."""
    return "".join(sorted(word.lower() for word in _NAME_WORD.findall(name)))


def _expression(alert: Alert, rule: Rule, source: str, *, certain: bool) -> tuple[str, Note]:
    """Return the PromQL of what *rule* compares, in the unit of the runbook's limit, and a note of it."""
    what = f"what `{alert.quantity}` measures"
    found = _recorded(_compared(rule.expression), rule.recorded)
    if found is None:
        return "", asked(what, f"{source} compares no single value with a number; write its PromQL into [expressions]")
    scale, doubt = _scale(alert, rule)
    text = _windowed(found)
    text = text if scale == 1 else f"({text}) / {scale:g}"
    try:
        Expressions(**{alert.quantity.value: text})  # type: ignore[arg-type]  # the key is a field by its name
    except ValidationError as error:
        return "", asked(what, f"{source} is not usable as it is: {error.errors()[0]['msg']}")
    if doubt or not certain:
        return text, guessed(what, f"{source}, {doubt or 'whose name only resembles that of the alert ' + alert.name}")
    return text, derived(what, source)


def _windowed(found: str) -> str:
    """Return PromQL with the engine's window for its own, where it has one and no other."""
    lengths = set(_RANGE.findall(found))
    if len(lengths) != 1:
        return found
    text = _RANGE.sub(f"[{WINDOW}]", found)
    return re.sub(rf"\boffset {lengths.pop()}\b", f"offset {WINDOW}", text)


def _compared(expression: str) -> str | None:
    """Return the side of a rule's comparison that is measured, None where a number is on neither side."""
    try:
        node = promql_parser.parse(expression)
    except ValueError:
        return None
    while True:
        match node:
            case promql_parser.ParenExpr():
                node = node.expr
            case promql_parser.BinaryExpr() if str(node.op) in ("and", "unless"):
                node = node.lhs
            case promql_parser.BinaryExpr() if str(node.op) in COMPARISONS:
                left, right = node.lhs, node.rhs
                sides = {type(left): right, type(right): left}
                found = sides.get(promql_parser.NumberLiteral)
                return str(found).replace("{}", "") if found is not None else None
            case _:
                return None


def _recorded(found: str | None, recorded: Mapping[str, str]) -> str | None:
    """Return the PromQL behind a recorded series: the engine's own series would otherwise be made of itself."""
    for _ in recorded:
        found = recorded.get(found, found) if found else None
    return found


def _scale(alert: Alert, rule: Rule) -> tuple[float, str]:
    """Return by what a rule's value is divided to be in the runbook's unit, and what is doubtful about that."""
    limit = level(rule.expression, rule.recorded)
    if alert.limit is None or limit is None or not alert.limit.value:
        return 1.0, ""
    ratio = limit.value / alert.limit.value
    scale = next((each for each in (1.0, *SCALES) if abs(ratio / each - 1) < 1e-6), None)  # noqa: PLR2004 - equal
    if scale is None:
        return 1.0, f"whose limit is {limit.text} where the runbook says {alert.limit.text}: one of the two is wrong"
    return scale, ""
