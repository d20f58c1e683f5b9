"""Limits and windows from the alerts' own rules, for a document that gives none: a file, or Prometheus' API."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import yaml

from drills.common.address_secrets import shown
from drills.common.prometheus import Prometheus, PrometheusError
from drills.common.threshold import NEGATED, Threshold
from drills.runbook.alert_rules.limits import Absence, Limit, conditions
from drills.runbook.alert_rules.tree import parse
from drills.runbook.durations import durations
from drills.runbook.errors import RunbookError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drills.runbook.model import Alert, Incident, Runbook

ADDRESS = ("http://", "https://")
ANSWERS_S = 10.0
"""How long Prometheus may take to list its rules."""


@dataclass(frozen=True)
class Rule:
    """An alerting rule: its PromQL, and its window in seconds, None where it has none.

    *others* is how many more rules of the same name say something else; *recorded* are the recording rules beside it.
    """

    expression: str
    window_s: float | None
    others: int = 0
    recorded: Mapping[str, str] = field(default_factory=dict)


_Named = tuple[str, bool, Rule]
"""A rule's name, whether it is an alert, and the rule."""


def rules_of(source: str) -> dict[str, Rule]:
    """Read the alerting rules of a file, of each file in a folder, or of a Prometheus (`http://…`), by name.

    RunbookError where *source* cannot be read or holds no alerting rule.
    """
    read = list(_from_prometheus(source) if source.startswith(ADDRESS) else _from_files(source))
    recorded = {name: rule.expression for name, is_alert, rule in read if not is_alert}
    found: dict[str, Rule] = {}
    for name, is_alert, rule in read:
        if is_alert:
            same = found.get(name, rule)
            others = same.others if replace(same, others=0, recorded={}) == rule else same.others + 1
            found[name] = replace(same, others=others, recorded=recorded)
    if not found:
        raise RunbookError(
            f"{_named(source)}: no alerting rule; expected Prometheus' rules, with groups, or a PrometheusRule"
        )
    return found


def _named(source: str) -> str:
    return shown(source) if source.startswith(ADDRESS) else source


def _from_prometheus(address: str) -> Iterator[_Named]:
    try:
        with httpx.Client(base_url=address, timeout=ANSWERS_S) as http:
            rules = Prometheus(http).rules()
    except (httpx.HTTPError, httpx.InvalidURL, PrometheusError) as error:
        raise RunbookError(f"{shown(address)}: Prometheus' rules cannot be read ({error})") from None
    for rule in rules:
        waits = rule.get("duration")
        window_s = float(waits) if isinstance(waits, int | float) and waits else None
        yield str(rule.get("name")), rule.get("type") == "alerting", Rule(str(rule.get("query")), window_s)


def _from_files(source: str) -> Iterator[_Named]:
    path = Path(source)
    files = sorted(each for each in path.rglob("*") if each.suffix in (".yml", ".yaml")) if path.is_dir() else [path]
    for file in files:
        try:
            documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise RunbookError(f"{file}: the rules cannot be read ({' '.join(str(error).split())})") from None
        for document in documents:
            yield from _from_document(document)


def _from_document(document: Any) -> Iterator[_Named]:
    held: dict[str, Any] = document if isinstance(document, dict) else {}
    wrapped = held.get("spec")
    for group in _objects(wrapped if isinstance(wrapped, dict) else held, "groups"):
        for rule in _objects(group, "rules"):
            name = rule.get("alert") or rule.get("record")
            if name:
                yield str(name), "alert" in rule, Rule(str(rule.get("expr")), _seconds(rule.get("for")))


def _objects(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    listed = holder.get(key)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _seconds(written: Any) -> float | None:
    found = next(durations(str(written)), None) if written else None
    return found.seconds or None if found else None


def completed(runbook: Runbook, rules: dict[str, Rule], source: str) -> tuple[Runbook, tuple[str, ...]]:
    """Return *runbook* with what its alerts' rules add, and a sentence for each alert that they were asked for."""
    told: list[str] = []
    incidents = tuple(_completed(incident, rules, _named(source), told) for incident in runbook.incidents)
    return replace(runbook, incidents=incidents), tuple(told)


def _completed(incident: Incident, rules: dict[str, Rule], source: str, told: list[str]) -> Incident:
    alert = incident.alert
    if alert.limit is not None:
        return incident
    rule = rules.get(alert.name)
    if rule is None:
        told.append(
            f"no threshold of the alert {alert.name} is read in the document, and {source} has no rule of that name"
        )
        return incident
    if rule.others:
        told.append(
            f"{source} has {rule.others + 1} different rules of the name {alert.name}, and none is taken; give a file"
            " with the one that the document means"
        )
        return incident
    threshold = level(rule.expression, rule.recorded)
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


def level(expression: str, recorded: Mapping[str, str] | None = None) -> Threshold | None:
    """Return the limit that *expression* compares with, None where that is no single figure.

    *recorded* is the PromQL of the recording rules, by the name of their series.
    """
    try:
        ways = [each.main for each in conditions(parse(expression, recorded)) if not isinstance(each.main, Absence)]
    except ValueError:
        return None
    limits = {(each.op, each.value) for each in ways if isinstance(each, Limit)}
    if len(limits) != 1 or not all(isinstance(each, Limit) for each in ways):
        return None
    op, value = limits.pop()
    return Threshold(op, value, "", f"{op} {value:.15g}") if op in NEGATED and math.isfinite(value) else None
