"""Check the alerts: those of the runbook loaded as documented, none firing, and sent to an Alertmanager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.checks import CheckFailed, CheckSuite, Observation, Skipped, check, prometheus_api
from drills.checks.health.loaded_rules import LoadedRule, alerting, loaded_rules, recorded
from drills.checks.health.notified_alerts import NotifiedAlert, held_back, notified_alerts, why_held_back
from drills.runbook.alert_rules.agreement import compare
from drills.runbook.alert_rules.compared import Agreement, Compared
from drills.runbook.errors import RunbookError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from drills.checks import CheckContext
    from drills.runbook.model import Incident


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
    rules = loaded_rules(context)
    if not rules:
        raise CheckFailed("no rule at all")
    failed = [f"{rule.name} ({rule.error})" for rule in rules if rule.error is not None]
    if failed:
        raise CheckFailed(f"{len(failed)} of {len(rules)} fail: {', '.join(failed)}")
    return f"{len(rules)} rules"


@check(
    "runbook alerts",
    suite=CheckSuite.HEALTH,
    needs="prometheus_url",
    expected="each alert of the runbook to be loaded, with the documented threshold and window",
    next_step="render the rules anew with `drills runbook rules`, and reload Prometheus",
    level=3,
)
def runbook_alerts(context: CheckContext) -> Observation:
    """Compare the loaded rules with the runbook by their trees; one of which that decides nothing is a remark."""
    rules = loaded_rules(context)
    by_name = alerting(rules)
    odd, open_, same = [], [], 0
    for incident in context.runbook.incidents:
        named = by_name.get(incident.alert.name, [])
        compared = [(rule, _compared(context, incident, rule, recorded(rules))) for rule in named]
        odd += _odd(incident, compared)
        open_ += _open(incident, compared)
        same += any(result.agreement is Agreement.SAME for _, result in compared)
    if odd:
        raise CheckFailed("; ".join(odd))
    if not same:
        raise Skipped(f"no rule could be compared with the runbook: {'; '.join(open_)}")
    number = len(context.runbook.incidents)
    count = f"all {number}" if same == number else f"{same} of {number}"
    return Observation(f"{count}, with their thresholds", remarks=tuple(open_))


@check(
    "quiet alerts",
    suite=CheckSuite.HEALTH,
    needs="prometheus_url",
    expected="no alert of the runbook to be firing",
    next_step="open the runbook at the incident that is named",
    level=2,
)
def quiet_alerts(context: CheckContext) -> Observation:
    """Ask whether an alert of the runbook fires; whether its rules have data is what other checks say."""
    rules = alerting(loaded_rules(context))
    known = [incident for incident in context.runbook.incidents if incident.alert.name in rules]
    if not known:
        raise CheckFailed("none of the runbook's alerts is loaded, so none can fire")
    firing = [one for named in rules.values() for rule in named if not rule.always_fires for one in rule.firing]
    held = held_back(context) if firing else []
    return _quiet(context, f"{len(known)} quiet", [NotifiedAlert(one, why_held_back(one, held)) for one in firing])


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
def alertmanager_alerts(context: CheckContext) -> Observation:
    """Ask which alerts the Alertmanager notifies of."""
    return _quiet(context, "none", notified_alerts(context))


def _quiet(context: CheckContext, text: str, alerts: list[NotifiedAlert]) -> Observation:
    """Raise CheckFailed where an alert of the runbook fires that nothing holds back; all others are remarks."""
    incidents = {incident.alert.name: incident for incident in context.runbook.incidents}
    active = {one.alert.name: str(one.alert) for one in alerts if not one.held_back}
    ours = [incident for name, incident in incidents.items() if name in active]
    others = [told for name, told in active.items() if name not in incidents]
    remarks = (*_listed("also firing", others), *_held(alerts))
    if ours:
        raise CheckFailed("; ".join((_named(ours), *remarks)))
    return Observation(text, remarks=remarks)


def _held(alerts: list[NotifiedAlert]) -> Iterator[str]:
    for why in dict.fromkeys(one.held_back for one in alerts if one.held_back):
        yield from _listed(f"firing, {why}", [str(one.alert) for one in alerts if one.held_back == why])


def _listed(what: str, alerts: Iterable[str]) -> Iterator[str]:
    names = list(dict.fromkeys(alerts))
    if names:
        yield f"{what}: {', '.join(names)}"


def _compared(context: CheckContext, incident: Incident, rule: LoadedRule, others: Mapping[str, str]) -> Compared:
    return compare(incident.alert, rule.query, rule.for_s, others, context.time_scale)


def _odd(incident: Incident, compared: list[tuple[LoadedRule, Compared]]) -> list[str]:
    """Say what is wrong with the rules of one alert; beside one that is right, others may have labels of their own."""
    alert = incident.alert
    if not compared:
        return [f"{alert.name} is not loaded"]
    right = [rule for rule, result in compared if result.agreement is Agreement.SAME]
    return [
        f"{alert.name} is {rule.query!r}, not {alert.threshold.text}{f': {result.why}' if result.why else ''}"
        for rule, result in compared
        if result.agreement is Agreement.DIFFERENT and all(one.labels == rule.labels for one in right)
    ]


def _open(incident: Incident, compared: list[tuple[LoadedRule, Compared]]) -> list[str]:
    """Say which rules of one alert could not be compared, and why."""
    return [
        f"{incident.alert.name} ({rule.query}) cannot be compared with {_documented(incident)}: {result.why}"
        for rule, result in compared
        if result.agreement is Agreement.UNDECIDED
    ]


def _documented(incident: Incident) -> str:
    try:
        return incident.alert.threshold.text
    except RunbookError:  # a document may leave the limit to the rule itself
        return "the runbook"


def _named(incidents: list[Incident]) -> str:
    return ", ".join(f"{incident.alert.name} (incident {incident.id}, {incident.name})" for incident in incidents)
