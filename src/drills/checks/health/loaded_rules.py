"""The rules that Prometheus has loaded, and the alerts that fire, of those that are the target's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from drills.checks import prometheus_api
from drills.runbook.alert_rules.arithmetic import constant
from drills.runbook.alert_rules.tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from drills.checks import CheckContext, Target

FIRING: Final = "firing"
NAME: Final = "alertname"


@dataclass(frozen=True)
class FiringAlert:
    """One alert that fires: its name and all its labels."""

    name: str
    labels: Mapping[str, str]

    def __str__(self) -> str:
        severity = self.labels.get("severity")
        return f"{self.name} ({severity})" if severity else self.name


@dataclass(frozen=True)
class LoadedRule:
    """A rule as Prometheus has loaded it; *for_s* is None where it does not say how long the rule waits."""

    name: str
    query: str
    group: str
    is_alert: bool
    for_s: float | None
    labels: Mapping[str, str]
    error: str | None
    firing: tuple[FiringAlert, ...] = field(default=())

    @property
    def always_fires(self) -> bool:
        """Whether the rule reads no series: it proves by firing that alerts arrive."""
        try:
            return constant(parse(self.query)) is not None
        except ValueError:
            return False


def loaded_rules(context: CheckContext) -> list[LoadedRule]:
    """Return the rules of the target: those of its groups whose labels say nothing else."""
    with prometheus_api(context.target) as api:
        groups = api.rule_groups()
    found = [
        _rule(rule, str(group.get("name")), context.target)
        for group in groups
        for rule in group.get("rules") or []
        if isinstance(rule, dict)
    ]
    wanted = context.target.rule_groups
    return [rule for rule in found if (not wanted or rule.group in wanted) and not _foreign(context.target, rule)]


def belongs(target: Target, labels: Mapping[str, str]) -> bool:
    """Whether an alert with these labels is the target's; without any in the target every alert is."""
    return all(labels.get(name) == value for name, value in target.rule_labels)


def alerting(rules: Iterable[LoadedRule]) -> dict[str, list[LoadedRule]]:
    """Return the alerting rules by name; several may have the same name."""
    found: dict[str, list[LoadedRule]] = {}
    for rule in rules:
        if rule.is_alert:
            found.setdefault(rule.name, []).append(rule)
    return found


def recorded(rules: Iterable[LoadedRule]) -> dict[str, str]:
    """Return the PromQL of the recording rules by the name of their series."""
    return {rule.name: rule.query for rule in rules if not rule.is_alert}


def _foreign(target: Target, rule: LoadedRule) -> bool:
    """Whether a label of the rule itself says that it is of another system; others come with the series."""
    return any(rule.labels.get(name, value) != value for name, value in target.rule_labels)


def _rule(raw: dict[str, Any], group: str, target: Target) -> LoadedRule:
    name, waits = str(raw.get("name")), raw.get("duration")
    return LoadedRule(
        name=name,
        query=str(raw.get("query")),
        group=group,
        is_alert=raw.get("type") == "alerting",
        for_s=float(waits) if isinstance(waits, int | float) else None,
        labels=_texts(raw.get("labels")),
        error=str(raw.get("lastError")) if raw.get("health") == "err" else None,
        firing=tuple(one for one in _firing(raw, name) if belongs(target, one.labels)),
    )


def _firing(raw: dict[str, Any], name: str) -> list[FiringAlert]:
    """Return the alerts of a rule that fire; a rule that lists none is one alert itself."""
    alerts = raw.get("alerts")
    if not isinstance(alerts, list):
        return [FiringAlert(name, _texts(raw.get("labels")))] if raw.get("state") == FIRING else []
    fire = [one for one in alerts if isinstance(one, dict) and one.get("state") == FIRING]
    return [FiringAlert(name, _texts(one.get("labels"))) for one in fire]


def _texts(labels: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in labels.items()} if isinstance(labels, dict) else {}
