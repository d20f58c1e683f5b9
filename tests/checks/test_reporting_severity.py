"""The severity of a failed run, the people to call and the sections to read come from the runbook."""

from dataclasses import replace
from pathlib import Path

import pytest

from drills import runbook
from drills.checks.reporting.notice import notice
from drills.checks.reporting.severity import Classified, classify
from drills.checks.reporting.summary import lines, plain
from drills.checks.result import CheckResult, Outcome
from drills.runbook.model import Quantity
from tests.helpers.check_results import check_result, result, some_check
from tests.helpers.own_runbook import OWN_RUNBOOK

CHECKS = {
    "database": some_check(1, Quantity.CONNECTION_POOL),
    "worker": some_check(2, Quantity.QUEUE_DEPTH),
    "queue": some_check(3, Quantity.QUEUE_DEPTH),
    "polish": some_check(4),
}
FAIL = Outcome.FAIL
FOREIGN = """# Incident runbook of the shop

### 1. Deep queue

**Alert**: `DeepQueue` - queue depth exceeds 100 jobs for 5 minutes

**Causes and solutions**:

| Cause | Solution | Time |
|-------|----------|------|
| Worker hangs | Restart it: `docker-compose restart worker` | 2 min |
"""


def classified(*check_results: CheckResult) -> Classified:
    found = classify(check_results, OWN_RUNBOOK, CHECKS)
    assert found
    return found


def test_green_run_has_no_severity() -> None:
    assert classify([check_result("database"), check_result("worker", Outcome.SKIPPED)], OWN_RUNBOOK, CHECKS) is None


def test_worst_root_cause_decides() -> None:
    found = classified(check_result("queue", FAIL), check_result("worker", FAIL), check_result("polish", FAIL))
    assert (found.severity.id, found.because) == ("SEV-2", ("worker",))


def test_what_is_blocked_adds_nothing() -> None:
    found = classified(check_result("queue", FAIL), check_result("database", Outcome.BLOCKED, cause="queue"))
    assert found.severity.id == "SEV-3"


def test_degraded_run_is_slightly_short_of_its_targets() -> None:
    found = classified(check_result("database", Outcome.DEGRADED))
    assert (found.severity, found.escalate) == (OWN_RUNBOOK.severities[-1], ())


def test_failure_of_a_check_itself_is_no_incident() -> None:
    assert classify([check_result("database", Outcome.ERROR)], OWN_RUNBOOK, CHECKS) is None


def test_check_that_the_catalogue_does_not_have_counts_as_the_worst() -> None:
    assert classified(check_result("stranger", FAIL)).level == 1


def test_sections_name_their_line_and_their_checks_the_worst_first() -> None:
    found = classified(check_result("queue", FAIL), check_result("worker", FAIL), check_result("database", FAIL))
    assert [(one.heading, one.checks) for one in found.sections] == [
        (OWN_RUNBOOK.incident(5).heading, ("database",)),
        (OWN_RUNBOOK.incident(4).heading, ("worker", "queue")),
    ]
    lines = OWN_RUNBOOK.path.read_text().splitlines()
    assert [one.heading in lines[one.line - 1] for one in found.sections] == [True, True]


def test_sev_1_calls_the_people_of_the_runbook() -> None:
    roles = {one.role: one.conditions for one in classified(check_result("database", FAIL)).escalate}
    assert roles == {
        "Engineering Lead": ("A SEV-1 was declared",),
        "Product Owner": ("It is a SEV-1 (tell them immediately)",),
    }


def test_several_services_are_a_trigger_of_their_own() -> None:
    found = classified(check_result("queue", FAIL), check_result("polish", FAIL))
    assert [one.conditions for one in found.escalate] == [("More than one service is affected",)]


@pytest.mark.parametrize("severity", ["SEV-3", "SEV-4"])
def test_lesser_severity_calls_no_person(severity: str) -> None:
    name = {"SEV-3": "queue", "SEV-4": "polish"}[severity]
    found = classified(check_result(name, FAIL))
    assert (found.severity.id, found.escalate) == (severity, ())


def test_level_comes_from_the_document(tmp_path: Path) -> None:
    edited = tmp_path / "edited.md"
    edited.write_text(
        OWN_RUNBOOK.path.read_text().replace("**Response time**: < 15 minutes", "**Response time**: < 7 minutes")
    )
    found = classify([check_result("worker", FAIL)], runbook.load(edited), CHECKS)
    assert found
    assert (found.severity.response_time, found.sections[0].file) == ("< 7 minutes", "edited.md")


def test_section_is_found_by_what_its_alert_measures(tmp_path: Path) -> None:
    found = classify([check_result("worker", FAIL), check_result("database", FAIL)], foreign(tmp_path), CHECKS)
    assert found
    assert [(one.heading, one.checks) for one in found.sections] == [("1. Deep queue", ("worker",))]


def test_runbook_without_severities_still_has_a_level(tmp_path: Path) -> None:
    found = classify([check_result("worker", FAIL)], foreign(tmp_path), CHECKS)
    assert found
    assert (found.level, found.severity.id, found.because) == (2, "SEV-2", ("worker",))


def test_run_against_a_runbook_without_severities_is_told(tmp_path: Path) -> None:
    run = replace(result(check_result("front page", FAIL)), runbook=foreign(tmp_path))
    assert "front page" in plain(lines(run))
    assert notice(run).subject.startswith("[SEV-1] front page failed")


@pytest.mark.parametrize(("name", "severity"), [("worker", "SEV-1"), ("queue", "SEV-2"), ("polish", "SEV-2")])
def test_runbook_with_two_levels_has_four_in_two_halves(name: str, severity: str) -> None:
    two = replace(OWN_RUNBOOK, severities=OWN_RUNBOOK.severities[:2])
    found = classify([check_result(name, FAIL)], two, CHECKS)
    assert found
    assert found.severity.id == severity


def test_order_of_the_levels_in_the_document_does_not_matter() -> None:
    turned = replace(OWN_RUNBOOK, severities=OWN_RUNBOOK.severities[::-1])
    found = classify([check_result("database", FAIL)], turned, CHECKS)
    assert found
    assert found.severity.id == "SEV-1"


def foreign(folder: Path) -> runbook.Runbook:
    """Return another team's document: one incident, and no table of severities."""
    path = folder / "foreign.md"
    path.write_text(FOREIGN)
    return runbook.load(path)
