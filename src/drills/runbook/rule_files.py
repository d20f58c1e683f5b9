"""Limits and windows from the alerts' own rules, for a document that gives none: a file, or Prometheus' API."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import promql_parser
import yaml

from drills.common.prometheus import Prometheus, PrometheusError
from drills.common.threshold import Threshold
from drills.runbook.durations import durations
from drills.runbook.errors import RunbookError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.runbook.model import Alert, Incident, Runbook

Found = tuple[int, str]
ANSWERS_S = 10.0
"""How long Prometheus may take to list its rules."""
_COMPARED = {">": ">", ">=": ">=", "<": "<", "<=": "<="}
_TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_GUARDS = ("and", "unless")


@dataclass(frozen=True)
class Rule:
    """An alerting rule: its PromQL, and its window in seconds, None where it has none."""

    expression: str
    window_s: float | None


def rules_of(source: str) -> dict[str, Rule]:
    """Read the alerting rules of a file, of each file in a folder, or of a Prometheus (`http://…`), by name.

    RunbookError where *source* cannot be read or holds no alerting rule.
    """
    found = dict(_from_prometheus(source) if source.startswith(("http://", "https://")) else _from_files(source))
    if not found:
        raise RunbookError(f"{source}: no alerting rule; expected Prometheus' rules, with groups, or a PrometheusRule")
    return found


def _from_prometheus(address: str) -> Iterator[tuple[str, Rule]]:
    try:
        with httpx.Client(base_url=address, timeout=ANSWERS_S) as http:
            rules = Prometheus(http).rules("alert")
    except (httpx.HTTPError, PrometheusError) as error:
        raise RunbookError(f"{address}: Prometheus' rules cannot be read ({error})") from None
    for rule in rules:
        yield str(rule.get("name")), Rule(str(rule.get("query")), float(rule.get("duration") or 0) or None)


def _from_files(source: str) -> Iterator[tuple[str, Rule]]:
    path = Path(source)
    files = sorted(each for each in path.rglob("*") if each.suffix in (".yml", ".yaml")) if path.is_dir() else [path]
    for file in files:
        try:
            documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise RunbookError(f"{file}: the rules cannot be read ({' '.join(str(error).split())})") from None
        for document in documents:
            yield from _from_document(document)


def _from_document(document: Any) -> Iterator[tuple[str, Rule]]:
    held: dict[str, Any] = document if isinstance(document, dict) else {}
    wrapped = held.get("spec")
    spec: dict[str, Any] = wrapped if isinstance(wrapped, dict) else held
    for group in spec.get("groups") or []:
        for rule in (group.get("rules") or []) if isinstance(group, dict) else []:
            if isinstance(rule, dict) and rule.get("alert"):
                yield str(rule["alert"]), Rule(str(rule.get("expr")), _seconds(rule.get("for")))


def _seconds(written: Any) -> float | None:
    found = next(durations(str(written)), None) if written else None
    return found.seconds or None if found else None


def completed(runbook: Runbook, rules: dict[str, Rule], source: str) -> tuple[Runbook, tuple[str, ...]]:
    """Return *runbook* with what its alerts' rules add, and a sentence for each alert that they were asked for."""
    told: list[str] = []
    incidents = tuple(_completed(incident, rules, source, told) for incident in runbook.incidents)
    return replace(runbook, incidents=incidents), tuple(told)


def _completed(incident: Incident, rules: dict[str, Rule], source: str, told: list[str]) -> Incident:
    alert = incident.alert
    if alert.limit is not None:
        return incident
    rule = rules.get(alert.name)
    if rule is None:
        told.append(f"the alert {alert.name} has no threshold in the document, and no rule in {source}")
        return incident
    threshold = level(rule.expression)
    lasting = "no window" if rule.window_s is None else f"a window of {rule.window_s:g} s"
    if threshold is None:
        told.append(
            f"the rule of {alert.name} in {source} is above or below no single figure; {lasting} is taken from it"
        )
    else:
        told.append(f"threshold {threshold.text} and {lasting} of {alert.name} are those of its rule in {source}")
    return replace(incident, alert=_with(alert, rule, threshold))


def _with(alert: Alert, rule: Rule, threshold: Threshold | None) -> Alert:
    return replace(alert, limit=threshold, window_s=rule.window_s, rule=" ".join(rule.expression.split()))


def level(expression: str) -> Threshold | None:
    """Return the limit that *expression* compares with, None where that is no single figure."""
    try:
        tree = promql_parser.parse(expression)
    except ValueError:
        return None
    return _level(tree)


def _level(tree: promql_parser.Expr) -> Threshold | None:
    if isinstance(tree, promql_parser.ParenExpr):
        return _level(tree.expr)
    if not isinstance(tree, promql_parser.BinaryExpr):
        return None
    op = str(tree.op)
    if op in _GUARDS:
        return _level(tree.lhs)
    for side, compared in ((tree.rhs, _COMPARED), (tree.lhs, _TURNED)):
        figure = _figure(side)
        if op in compared and figure is not None:
            return Threshold(compared[op], figure, "", f"{compared[op]} {figure:.15g}")
    return None


def _figure(tree: promql_parser.Expr) -> float | None:
    if isinstance(tree, promql_parser.ParenExpr):
        return _figure(tree.expr)
    if isinstance(tree, promql_parser.UnaryExpr):
        inner = _figure(tree.expr)
        return None if inner is None else -inner
    return tree.val if isinstance(tree, promql_parser.NumberLiteral) else None
