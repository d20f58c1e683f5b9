from typing import Any

import pytest

from drills.checks.context import CheckContext
from drills.checks.definition import Check
from drills.checks.health.alerts import (
    alert_delivery,
    alertmanager_alerts,
    prometheus_rules,
    quiet_alerts,
    runbook_alerts,
)
from drills.checks.health.grafana import grafana, grafana_dashboards
from drills.checks.health.monitoring import prometheus, prometheus_targets
from drills.checks.result import CheckResult, Outcome
from tests.helpers.checking import target_at
from tests.helpers.fake_system import Answer, Asked, Reply, fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK

LOADED = [
    {
        "type": "alerting",
        "name": one.alert.name,
        "query": f"runbook:{one.alert.quantity} {one.alert.threshold.op} {one.alert.threshold.value:g}",
        "health": "ok",
        "state": "pending",
    }
    for one in OWN_RUNBOOK.incidents
]
WATCHDOG = {"type": "alerting", "name": "Watchdog", "query": "vector(1)", "health": "ok", "state": "firing"}
TITLES = [{"title": one.name} for one in OWN_RUNBOOK.dashboards]


def look(one: Check, answers: dict[str, Answer], **about: Any) -> CheckResult:
    with fake_system(answers) as served:
        url = served.url
        target = target_at(url, prometheus_url=url, alertmanager_url=url, grafana_url=url, **about)
        return one(CheckContext(target, OWN_RUNBOOK))


def rules(*loaded: Any) -> dict[str, Answer]:
    groups = [{"name": "runbook", "rules": list(loaded)}]
    return {"GET /api/v1/rules": (200, {"status": "success", "data": {"groups": groups}})}


def changed(name: str, **about: str) -> dict[str, Answer]:
    return rules(*({**one, **about} if one["name"] == name else one for one in LOADED))


def managers(found: Any) -> dict[str, Answer]:
    return {"GET /api/v1/alertmanagers": (200, {"status": "success", "data": found})}


def active(found: Any) -> dict[str, Answer]:
    return {"GET /api/v2/alerts": (200, found)}


def dashboards(found: Any) -> dict[str, Answer]:
    return {"GET /api/search": (200, found)}


GREEN: list[tuple[Check, dict[str, Answer], str]] = [
    (prometheus, {"GET /-/ready": (200, "ready")}, "200"),
    (prometheus_rules, rules(*LOADED), "7 rules"),
    (runbook_alerts, rules(*LOADED, WATCHDOG), "all 7"),
    (runbook_alerts, changed("HighErrorRate", query="(100 * errors / all) > 5"), "all 7"),
    (runbook_alerts, changed("HighErrorRate", query="(errors / all > bool 0.05)"), "all 7"),
    (quiet_alerts, rules(*LOADED, WATCHDOG), "7 quiet"),
    (alert_delivery, managers({"activeAlertmanagers": [{"url": "http://a"}]}), "1 known"),
    (alertmanager_alerts, active([]), "none"),
    (alertmanager_alerts, active([{"labels": {"alertname": "Watchdog"}}]), "none"),
    (grafana, {"GET /api/health": (200, {"database": "ok"})}, "database ok"),
    (grafana_dashboards, dashboards([*TITLES, {"title": "Another"}]), OWN_RUNBOOK.dashboards[0].name),
]
RED: list[tuple[Check, dict[str, Answer], str]] = [
    (prometheus, {"GET /-/ready": (503, "starting")}, "-> 503"),
    (
        prometheus_targets,
        {"GET /api/v1/targets": (200, {"status": "success", "data": {"activeTargets": ["up"]}})},
        "an answer without targets",
    ),
    (prometheus_rules, rules(), "no rule at all"),
    (prometheus_rules, {"GET /api/v1/rules": (200, {"data": []})}, "without groups"),
    (prometheus_rules, changed("ServiceDown", health="err", lastError="no such metric"), "1 of 7 fail: ServiceDown"),
    (runbook_alerts, rules(*LOADED[1:]), "HighErrorRate is not loaded"),
    (runbook_alerts, changed("HighErrorRate", query="errors / all > 0.5"), "'errors / all > 0.5', not > 5%"),
    (runbook_alerts, changed("HighErrorRate", query="errors / all > 5"), "'errors / all > 5', not > 5%"),
    (runbook_alerts, changed("HighErrorRate", query="100 * errors / all > 0.05"), "not > 5%"),
    (runbook_alerts, changed("ServiceDown", query="up > 1"), "ServiceDown is 'up > 1', not < 1"),
    (runbook_alerts, changed("ServiceDown", query="absent(up)"), "ServiceDown is 'absent(up)'"),
    (runbook_alerts, changed("ServiceDown", query="up < 1e-"), "not < 1"),
    (quiet_alerts, changed("HighQueueDepth", state="firing"), "HighQueueDepth (incident 4, Queue Depth High)"),
    (quiet_alerts, rules(WATCHDOG), "none of the runbook's alerts is loaded"),
    (alert_delivery, managers({"activeAlertmanagers": []}), "reaches no person"),
    (alert_delivery, managers(None), "without Alertmanagers"),
    (alertmanager_alerts, active([{"labels": {"alertname": "ServiceDown"}}]), "ServiceDown (incident 6"),
    (alertmanager_alerts, active({"status": "error"}), "no list of alerts"),
    (alertmanager_alerts, active("<html>"), "no list of alerts"),
    (grafana, {"GET /api/health": (200, {"database": "failing"})}, "database 'failing'"),
    (grafana_dashboards, dashboards(TITLES[1:]), f"no {OWN_RUNBOOK.dashboards[0].name} among"),
    (grafana_dashboards, dashboards([]), "among 0 dashboards"),
    (grafana_dashboards, dashboards("<html>login</html>"), "no list of dashboards"),
]


@pytest.mark.parametrize(("one", "answers", "seen"), GREEN)
def test_sound_monitoring_passes(one: Check, answers: dict[str, Answer], seen: str) -> None:
    check_result = look(one, answers)
    assert check_result.outcome is Outcome.PASS, str(check_result)
    assert seen in check_result.seen


@pytest.mark.parametrize(("one", "answers", "seen"), RED)
def test_what_is_wrong_with_the_monitoring_is_seen(one: Check, answers: dict[str, Answer], seen: str) -> None:
    check_result = look(one, answers)
    assert check_result.outcome is Outcome.FAIL, str(check_result)
    assert seen in check_result.seen


def test_dashboards_of_the_target_come_before_those_of_the_runbook() -> None:
    check_result = look(grafana_dashboards, dashboards([{"title": "Ours"}]), dashboards=("Ours",))
    assert (check_result.outcome, check_result.seen) == (Outcome.PASS, "Ours")


def guarded(asked: Asked) -> Reply:
    return (200, TITLES) if asked.headers.get("authorization") == "Bearer hush-hush" else (401, {})


@pytest.mark.parametrize(
    ("token", "outcome"), [("hush-hush", Outcome.PASS), ("wrong", Outcome.FAIL), (None, Outcome.SKIPPED)]
)
def test_grafana_that_asks_for_a_token_gets_it(token: str | None, outcome: Outcome) -> None:
    check_result = look(grafana_dashboards, {"GET /api/search": guarded}, grafana_token=token)
    assert check_result.outcome is outcome, str(check_result)
    assert "hush-hush" not in str(check_result)
