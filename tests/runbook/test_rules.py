"""Rules say what the document says; only windows are scaled. promtool judges the same text in the sandbox."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from drills.runbook import Quantity, RunbookError, load, rules
from drills.runbook.expressions import Expressions
from tests.helpers.paths import RUNBOOK
from tests.helpers.rule_tests import beside, unit_tests
from tests.helpers.runbook_samples import EXPRESSIONS, SMALL, reloaded

if TYPE_CHECKING:
    from pathlib import Path

    from drills.runbook import Incident

OWN = load(RUNBOOK)


def rule(text: str, alert: str) -> str:
    return text.partition(f'- alert: "{alert}"')[2].partition("- alert:")[0]


@pytest.mark.parametrize(("scale", "window"), [(1, "300000ms"), (30, "10000ms"), (7, "42857ms")])
def test_window_is_divided_by_the_scale(scale: float, window: str) -> None:
    text = rules.render(OWN, EXPRESSIONS, scale)
    assert f"for: {window}" in rule(text, "HighErrorRate")
    assert f"[{window}]" in text


@pytest.mark.parametrize("scale", [1, 30])
def test_threshold_is_never_scaled(scale: float) -> None:
    assert "runbook:error_rate > 0.05" in rule(rules.render(OWN, EXPRESSIONS, scale), "HighErrorRate")


def test_no_window_no_for() -> None:
    assert "for:" not in rule(rules.render(OWN, EXPRESSIONS, 1), "HighQueueDepth")


def test_changed_document_changes_the_rule(tmp_path: Path) -> None:
    runbook = reloaded(tmp_path, ("exceeds 5% for 5 minutes", "exceeds 7% for 90 seconds"))
    text = rule(rules.render(runbook, EXPRESSIONS, 1), "ErrorsHigh")
    assert "runbook:error_rate > 0.07" in text
    assert "for: 90000ms" in text


def test_every_alert_has_a_rule_and_every_quantity_one_record() -> None:
    text = rules.render(OWN, EXPRESSIONS, 1)
    assert text.count("- alert:") == len(OWN.incidents)
    parts = [metric for metric in OWN.metrics if EXPRESSIONS.of(metric)]
    assert text.count("- record:") == len({incident.alert.quantity for incident in OWN.incidents}) + len(parts)


def test_cpu_and_memory_are_recorded_apart() -> None:
    text = rules.render(OWN, EXPRESSIONS, 1)
    records = re.findall(r"- record: (runbook:(?:cpu|memory)_usage)\n\s+expr: (.*)", text)
    assert [name for name, _ in records] == ["runbook:cpu_usage", "runbook:memory_usage"]
    assert "container_cpu_share" in records[0][1]
    assert "container_memory_share" in records[1][1]


def test_rule_leads_to_its_heading() -> None:
    assert 'runbook: "incidents.md#4-queue-depth-high--500-jobs"' in rules.render(OWN, EXPRESSIONS, 1)


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf")])
def test_scale_that_is_no_scale(scale: float) -> None:
    with pytest.raises(RunbookError, match="must be a number above 0"):
        rules.render(OWN, EXPRESSIONS, scale)


def test_scale_that_leaves_a_rate_too_few_samples_names_the_largest() -> None:
    with pytest.raises(RunbookError, match="too short for a rate; use at most 150"):
        rules.render(OWN, EXPRESSIONS, 151)
    assert rules.render(OWN, EXPRESSIONS, 150)


def test_monitoring_is_no_traffic() -> None:
    assert 'route!~"/metrics|/health.*"' in (EXPRESSIONS.at(Quantity.ERROR_RATE, 60) or "")


def test_promtool_sees_both_sides_of_every_threshold() -> None:
    text = unit_tests(OWN, 30)
    for incident in OWN.incidents:
        assert text.count(f'"{incident.alert.name}, just ') == 2


@pytest.mark.parametrize("incident", [*OWN.incidents, *load(SMALL).incidents], ids=lambda item: item.alert.name)
def test_values_beside_the_threshold_are_on_their_sides(incident: Incident) -> None:
    limit, quantity = incident.alert.threshold, incident.alert.quantity
    assert limit.satisfied_by(beside(limit, quantity, over=True))
    assert not limit.satisfied_by(beside(limit, quantity, over=False))


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("### 1. \U0001f534 Too Many", "\U0001f534 Too Many Errors: error rate > 5%"),
        ("### 1. Zu viele \u201eTo\u2028o\u201c Many", "Zu viele \u201eTo\u2028o\u201c Many Errors: error rate > 5%"),
        ('### 1. It\'s "a": [b] # c \\\\ Many', 'It\'s "a": [b] # c \\ Many Errors: error rate > 5%'),
        ("### 1. {{ .Value }} Many", '{{ "{{" }} .Value }} Many Errors: error rate > 5%'),
    ],
    ids=["emoji", "line separator", "signs of YAML", "template"],
)
def test_words_of_the_document_are_yaml_that_prometheus_reads(tmp_path: Path, written: str, seen: str) -> None:
    """JSON's escape of an emoji is a surrogate pair, which is no character to a YAML reader."""
    text = rules.render(reloaded(tmp_path, ("### 1. Too Many", written)), EXPRESSIONS, 1)
    alert = next(rule for rule in yaml.safe_load(text)["groups"][0]["rules"] if rule.get("alert") == "ErrorsHigh")
    assert alert["annotations"]["summary"] == seen
    assert "\\ud83d" not in text
    assert "\u2028" not in text


def test_an_alert_of_what_the_system_does_not_measure_has_no_rule() -> None:
    text = rules.render(OWN, Expressions(queue_depth="max(jobs)"), 1)
    assert re.findall(r"- (?:record|alert): (.+)", text) == ["runbook:queue_depth", '"HighQueueDepth"']


def test_a_gauge_has_no_window_that_could_be_too_short() -> None:
    assert rules.render(OWN, Expressions(queue_depth="max(jobs)"), 10_000)
