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


def changed(name: str, **about: Any) -> dict[str, Answer]:
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
    (runbook_alerts, changed("HighErrorRate", query="(errors / all > bool 0.05) == 1"), "all 7"),
    (runbook_alerts, changed("HighErrorRate", query="errors / all > 0.05", duration=300), "all 7"),
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
    (runbook_alerts, changed("HighErrorRate", query="(errors / all > bool 0.05)"), "it fires at every value"),
    (
        runbook_alerts,
        changed("HighErrorRate", query="errors / all > 0.05", duration=60),
        "it fires after 60 s, not after 300 s",
    ),
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


def twice(**about: Any) -> dict[str, Answer]:
    """Return the runbook's rules, and the first of them once more with another limit."""
    return rules(*LOADED, {**LOADED[0], "query": "errors / all > 0.01", **about})


def test_rule_that_comes_twice_may_have_a_second_limit_under_a_label_of_its_own() -> None:
    assert look(runbook_alerts, twice(labels={"severity": "warning"})).outcome is Outcome.PASS
    assert look(runbook_alerts, twice()).outcome is Outcome.FAIL


def test_recording_rules_are_followed() -> None:
    recording = {"type": "recording", "name": "job:errors:percent", "query": "100 * errors / all", "health": "ok"}
    for limit, outcome in ((5, Outcome.PASS), (0.05, Outcome.FAIL)):
        named = changed("HighErrorRate", query=f"job:errors:percent > {limit}")
        loaded = named["GET /api/v1/rules"][1]["data"]["groups"][0]["rules"]  # type: ignore[index]
        assert look(runbook_alerts, rules(recording, *loaded)).outcome is outcome


def test_rule_that_cannot_be_compared_is_a_remark_and_no_failure() -> None:
    check_result = look(runbook_alerts, changed("HighErrorRate", query="a > b"))
    assert (check_result.outcome, check_result.seen) == (Outcome.PASS, "6 of 7, with their thresholds")
    assert check_result.remarks == (
        "HighErrorRate (a > b) cannot be compared with > 5%: it compares two series with each other",
    )


def test_rules_of_which_none_can_be_compared_are_left_out() -> None:
    check_result = look(runbook_alerts, rules(*({**one, "query": "a > b"} for one in LOADED)))
    assert check_result.outcome is Outcome.SKIPPED


def test_windows_are_compared_in_the_time_scale_of_the_drill() -> None:
    windows = {one.alert.name: one.alert.window_s for one in OWN_RUNBOOK.incidents}
    scaled = [{**one, "duration": (windows[str(one["name"])] or 0) / 60} for one in LOADED]
    with fake_system(rules(*scaled)) as served:
        target = target_at(served.url, prometheus_url=served.url)
        assert runbook_alerts(CheckContext(target, OWN_RUNBOOK, time_scale=60.0)).outcome is Outcome.PASS
        assert runbook_alerts(CheckContext(target, OWN_RUNBOOK)).outcome is Outcome.FAIL


def firing(name: str, **labels: str) -> dict[str, Any]:
    alert = {"state": "firing", "labels": {"alertname": name, **labels}}
    return {"type": "alerting", "name": name, "query": "x > 1", "health": "ok", "state": "firing", "alerts": [alert]}


def test_every_alert_that_fires_is_told_but_the_one_that_always_does() -> None:
    check_result = look(quiet_alerts, rules(*LOADED, WATCHDOG, firing("DiskFull", severity="page")))
    assert (check_result.outcome, check_result.remarks) == (Outcome.PASS, ("also firing: DiskFull (page)",))
    failed = look(quiet_alerts, rules(*LOADED[1:], firing("HighErrorRate"), firing("DiskFull")))
    assert failed.outcome is Outcome.FAIL
    assert "also firing: DiskFull" in failed.seen


@pytest.mark.parametrize(("team", "outcome"), [("ours", Outcome.FAIL), ("theirs", Outcome.PASS)])
def test_alert_with_the_labels_of_another_system_does_not_count(team: str, outcome: Outcome) -> None:
    ours = {"rule_labels": {"team": "ours"}}
    loaded = rules(*LOADED, firing("HighErrorRate", team=team))
    assert look(quiet_alerts, loaded, **ours).outcome is outcome
    at_manager = active([{"labels": {"alertname": "HighErrorRate", "team": team}}])
    assert look(alertmanager_alerts, at_manager, **ours).outcome is outcome


def test_rules_in_the_groups_of_others_do_not_count() -> None:
    theirs = {"name": "theirs", "rules": [firing("HighErrorRate")]}
    groups = [{"name": "runbook", "rules": LOADED}, theirs]
    answers: dict[str, Answer] = {"GET /api/v1/rules": (200, {"status": "success", "data": {"groups": groups}})}
    assert look(quiet_alerts, answers).outcome is Outcome.FAIL
    assert look(quiet_alerts, answers, rule_groups=["runbook"]).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("status", "word"),
    [({"silencedBy": ["s"]}, "silenced"), ({"inhibitedBy": ["i"]}, "inhibited"), ({"mutedBy": ["m"]}, "muted")],
)
def test_alert_of_which_nobody_is_told_is_a_remark(status: dict[str, Any], word: str) -> None:
    at_manager = active([{"labels": {"alertname": "HighErrorRate", "cluster": "a"}, "status": status}])
    loaded = rules(*LOADED[1:], firing("HighErrorRate"))
    for one, answers in ((alertmanager_alerts, at_manager), (quiet_alerts, {**loaded, **at_manager})):
        check_result = look(one, answers)
        assert (check_result.outcome, check_result.remarks) == (Outcome.PASS, (f"firing, {word}: HighErrorRate",))


def guarded(asked: Asked) -> Reply:
    return (200, TITLES) if asked.headers.get("authorization") == "Bearer hush-hush" else (401, {})


@pytest.mark.parametrize(
    ("token", "outcome"), [("hush-hush", Outcome.PASS), ("wrong", Outcome.FAIL), (None, Outcome.SKIPPED)]
)
def test_grafana_that_asks_for_a_token_gets_it(token: str | None, outcome: Outcome) -> None:
    check_result = look(grafana_dashboards, {"GET /api/search": guarded}, grafana_token=token)
    assert check_result.outcome is outcome, str(check_result)
    assert "hush-hush" not in str(check_result)
