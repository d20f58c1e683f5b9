"""Check the runbook's alerts: loaded as documented, not firing, and sent to an Alertmanager."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from drills.checks import CheckFailed, CheckSuite, brief, check, get, prometheus_api

if TYPE_CHECKING:
    from drills.checks import CheckContext
    from drills.runbook.model import Incident

_LIMIT: Final = re.compile(r"(>=|<=|>|<)\s*(?:bool\s+)?([0-9.eE+-]+)[\s)]*$")
PERCENT: Final = 100
ALMOST: Final = 1e-9


@check(
    "prometheus rules",
    suite=CheckSuite.HEALTH,
    needs="prometheus_url",
    expected="rules, each of them evaluated without an error",
    next_step="open /rules on Prometheus and read the error of those that fail",
    level=3,
)
def prometheus_rules(context: CheckContext) -> str:
    """Ask whether Prometheus evaluates its rules without an error."""
    rules = _rules(context)
    if not rules:
        raise CheckFailed("no rule at all")
    failed = [f"{rule.get('name')} ({rule.get('lastError')})" for rule in rules if rule.get("health") == "err"]
    if failed:
        raise CheckFailed(f"{len(failed)} of {len(rules)} fail: {', '.join(failed)}")
    return f"{len(rules)} rules"


@check(
    "runbook alerts",
    suite=CheckSuite.HEALTH,
    needs="prometheus_url",
    expected="each alert of the runbook to be loaded, with the documented threshold",
    next_step="render the rules anew with `drills runbook rules`, and reload Prometheus",
    level=3,
)
def runbook_alerts(context: CheckContext) -> str:
    """Compare the loaded thresholds with the runbook's; windows may differ, since a drill's time scale divides them."""
    rules = _alerting(context)
    odd = [
        text for incident in context.runbook.incidents for text in _odd(incident, rules.get(incident.alert.name, []))
    ]
    if odd:
        raise CheckFailed("; ".join(odd))
    return f"all {len(context.runbook.incidents)}, with their thresholds"


@check(
    "quiet alerts",
    suite=CheckSuite.HEALTH,
    needs="prometheus_url",
    expected="no alert of the runbook to be firing",
    next_step="open the runbook at the incident that is named",
    level=2,
)
def quiet_alerts(context: CheckContext) -> str:
    """Ask whether an alert of the runbook fires; whether its rules have data is what other checks say."""
    rules = _alerting(context)
    known = [incident for incident in context.runbook.incidents if incident.alert.name in rules]
    if not known:
        raise CheckFailed("none of the runbook's alerts is loaded, so none can fire")
    firing = [
        incident for incident in known if any(rule.get("state") == "firing" for rule in rules[incident.alert.name])
    ]
    if firing:
        raise CheckFailed(_named(firing))
    return f"{len(known)} quiet"


@check(
    "alert delivery",
    suite=CheckSuite.HEALTH,
    needs="prometheus_url",
    expected="Prometheus to know an Alertmanager",
    next_step="read the section `alerting` of Prometheus' configuration",
    level=3,
)
def alert_delivery(context: CheckContext) -> str:
    """Ask whether Prometheus sends its alerts to an Alertmanager."""
    with prometheus_api(context.target) as api:
        active = api.alertmanagers()
    if not active:
        raise CheckFailed("no Alertmanager: an alert that fires reaches no person")
    return f"{len(active)} known"


@check(
    "alertmanager alerts",
    suite=CheckSuite.HEALTH,
    needs="alertmanager_url",
    expected="no alert of the runbook to be active, unless it is silenced",
    next_step="open the runbook at the incident that is named",
    level=2,
)
def alertmanager_alerts(context: CheckContext) -> str:
    """Ask which alerts the Alertmanager notifies of."""
    answer = get(context.target, context.target.alertmanager_url, "/api/v2/alerts?active=true&silenced=false")
    try:
        alerts = answer.json()
    except ValueError:
        alerts = None
    if not isinstance(alerts, list):
        raise CheckFailed(f"200 with no list of alerts: {brief(answer)}")
    names = {
        labels.get("alertname")
        for alert in alerts
        if isinstance(alert, dict) and isinstance(labels := alert.get("labels"), dict)
    }
    active = [incident for incident in context.runbook.incidents if incident.alert.name in names]
    if active:
        raise CheckFailed(_named(active))
    return "none"


def _odd(incident: Incident, rules: list[dict[str, Any]]) -> list[str]:
    """Say what is wrong with the rules of one alert."""
    alert = incident.alert
    if not rules:
        return [f"{alert.name} is not loaded"]
    queries = [str(rule.get("query")) for rule in rules]
    return [f"{alert.name} is {query!r}, not {alert.threshold.text}" for query in queries if not _same(incident, query)]


def _same(incident: Incident, query: str) -> bool:
    """Whether *query* ends in the documented comparison; a share may be written in percent."""
    threshold, match = incident.alert.threshold, _LIMIT.search(query)
    if match is None or match[1] != threshold.op:
        return False
    try:
        value = float(match[2])
    except ValueError:
        return False
    percent = threshold.unit == "%" and re.search(rf"\b{PERCENT}\b", query[: match.start()]) is not None
    return abs(value / (PERCENT if percent else 1) - threshold.value) < ALMOST


def _alerting(context: CheckContext) -> dict[str, list[dict[str, Any]]]:
    """Return Prometheus' alerting rules by name; several may have the same name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for rule in _rules(context):
        if rule.get("type") == "alerting":
            found.setdefault(str(rule.get("name")), []).append(rule)
    return found


def _rules(context: CheckContext) -> list[dict[str, Any]]:
    with prometheus_api(context.target) as api:
        return api.rules()


def _named(incidents: list[Incident]) -> str:
    return ", ".join(f"{incident.alert.name} (incident {incident.id}, {incident.name})" for incident in incidents)
