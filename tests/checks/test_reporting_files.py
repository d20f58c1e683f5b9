"""The files of a run that other programs read: checks.json, and the checks' part of metrics.prom."""

import json
from pathlib import Path
from typing import Any

import pytest

from drills.checks.reporting import files
from drills.checks.reporting.metrics_text import exposition
from drills.checks.reporting.run_result import as_json
from drills.checks.result import Attempt, Outcome
from drills.common.prometheus_text import Exposition, parse
from drills.reports.verification import write_others_kept
from tests.helpers.check_results import AT_S, check_result, of_level, result
from tests.helpers.own_runbook import OWN_RUNBOOK

ROOT = of_level(1)
TRIES = (Attempt(AT_S, 0.5, "connection refused", answered=False), Attempt(AT_S + 1, 0.25, "200", answered=True))
RUN = result(
    check_result(ROOT, Outcome.FAIL, 'saw "that"\nand more'),
    check_result("sign-in", Outcome.DEGRADED, "200, only after: connection refused", attempts=TRIES, seconds=0.75),
    check_result("postgres roles", Outcome.BLOCKED, f"not checked, because {ROOT} failed", cause=ROOT),
    check_result("grafana", Outcome.SKIPPED, "not checked: no Grafana URL in the target"),
    check_result("odd", Outcome.ERROR, "KeyError"),
    check_result("certificate expiry", figures={"certificate_seconds": 86400.5, "days": 1.0}),
)


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(as_json(RUN)))
    return found


@pytest.fixture(scope="module")
def metrics() -> Exposition:
    return parse(exposition(RUN))


def named(metrics: Exposition, name: str) -> dict[str, float]:
    return {one.labels.get("check", ""): one.value for one in metrics.named(name)}


def test_record_says_what_was_run_by_which_runbook(record: dict[str, Any]) -> None:
    assert (record["target"], record["runbook"]["sha256"], record["seconds"]) == ("staging", OWN_RUNBOOK.sha256, 3.5)
    assert record["exit"] == {"code": 1, "meaning": "at least one check failed"}
    assert record["started"] == "2025-11-24T16:00:00.000+00:00"


def test_record_keeps_every_attempt(record: dict[str, Any]) -> None:
    tries = next(one["attempts"] for one in record["checks"] if one["name"] == "sign-in")
    assert [(one["seen"], one["answered"], one["seconds"]) for one in tries] == [
        ("connection refused", False, 0.5),
        ("200", True, 0.25),
    ]


def test_record_has_the_severity_as_the_runbook_puts_it(record: dict[str, Any]) -> None:
    severity = record["severity"]
    assert (severity["id"], severity["because"]) == ("SEV-1", [ROOT])
    assert severity["team"] == list(OWN_RUNBOOK.severities[0].team)
    assert severity["update_every_s"] == OWN_RUNBOOK.severities[0].update_every_s
    assert severity["sections"][0]["line"] > 1


def test_record_of_a_green_run_has_none() -> None:
    assert as_json(result(check_result("x"), code=0))["severity"] is None


def test_counts_cover_all(record: dict[str, Any]) -> None:
    assert sum(record["outcomes"].values()) == len(record["checks"])


def test_check_that_was_not_judged_has_no_success(metrics: Exposition) -> None:
    assert named(metrics, "check_success") == {ROOT: 0, "sign-in": 1, "certificate expiry": 1}


def test_every_check_has_its_outcome_and_its_facts(metrics: Exposition) -> None:
    outcomes = {one.labels["check"]: one.labels["outcome"] for one in metrics.named("check_outcome")}
    assert outcomes["grafana"] == "left_out"
    assert len(outcomes) == len(metrics.named("check_info")) == len(RUN.check_results)


def test_attempts_durations_and_times_are_told(metrics: Exposition) -> None:
    found = [named(metrics, f"check_{name}")["sign-in"] for name in ("attempts", "duration_seconds")]
    assert [*found, named(metrics, "check_last_run_timestamp_seconds")["sign-in"]] == [2, 0.75, 1764000000]


def test_certificate_has_a_family_of_its_own(metrics: Exposition) -> None:
    assert named(metrics, "check_certificate_expires_in_seconds") == {"certificate expiry": 86400.5}
    assert [one.labels["figure"] for one in metrics.named("check_figure")] == ["days"]


def test_run_as_a_whole_is_told(metrics: Exposition) -> None:
    found = {name: metrics.named(f"check_run_{name}")[0].value for name in ("exit_code", "severity_level")}
    assert found == {"exit_code": 1, "severity_level": 1}


def test_drills_and_checks_keep_each_others_metrics(tmp_path: Path) -> None:
    path = tmp_path / files.METRICS
    write_others_kept(path, "# HELP drill_verdict Old.\n# TYPE drill_verdict gauge\ndrill_verdict 1\n")
    files.write(RUN, tmp_path)
    files.write(RUN, tmp_path)
    write_others_kept(path, "drill_verdict 2\n")
    found = parse(path.read_text())
    assert [one.value for one in found.named("drill_verdict")] == [2]
    assert len(found.named("check_info")) == len(RUN.check_results)


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    files.write(RUN, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [files.RECORD, files.METRICS]


def test_page_of_the_run_carries_the_summary_with_the_severity(tmp_path: Path) -> None:
    files.attach(RUN, tmp_path)
    facts = json.loads((tmp_path / "checks.txt-globals.json").read_text())["attachments"][0]
    assert "SEV-1 Critical" in (tmp_path / facts["source"]).read_text()
