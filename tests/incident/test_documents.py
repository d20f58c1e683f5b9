"""Every document, of every origin and at every level, has no placeholder, no odd date and no number from nowhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from drills.incident.blocks import PERSON, Document
from drills.incident.documents import documents, kind_of
from drills.incident.entries import Topic
from drills.incident.lint import allowed, lint
from drills.incident.plain import plain
from tests.helpers.incidents import LEVELS, ORIGINS, facts, note, of_origin, opened, resolved, update
from tests.helpers.own_runbook import OWN_RUNBOOK

if TYPE_CHECKING:
    from pathlib import Path

    from drills.incident.facts import Facts

KINDS = {
    "notification": r"notification",
    "update": r"update-\d+",
    "escalation": r"escalation-\d+-[\w-]+-request",
    "escalation message": r"escalation-\d+-[\w-]+-message",
    "status page": r"status-page",
    "resolution": r"resolution",
    "review": r"review",
}


def document(found: Facts, name: str) -> Document:
    return next(each for each in documents(found) if each.name == name)


def text(found: Facts, name: str) -> str:
    return plain(document(found, name))


@pytest.fixture(scope="module")
def incidents(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Facts]:
    folder: Path = tmp_path_factory.mktemp("checks")
    return {(origin, level): of_origin(origin, level, folder) for origin in ORIGINS for level in LEVELS}


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("level", LEVELS)
def test_all_kinds_are_there_and_nothing_is_wrong_with_any(
    incidents: dict[tuple[str, str], Facts], origin: str, level: str
) -> None:
    found = incidents[origin, level]
    made = documents(found)
    missing = [kind for kind, name in KINDS.items() if not any(re.fullmatch(name, each.name) for each in made)]
    assert missing == []
    may = allowed(found)
    assert [fault for each in made for fault in lint(each, may)] == []
    assert all(level in plain(each) for each in made if each.sent and each.name != "status-page")


def test_every_template_of_the_runbook_has_a_kind_of_its_own() -> None:
    kinds = [kind_of(template) for template in OWN_RUNBOOK.templates]
    assert None not in kinds
    assert len({*kinds}) == len(kinds) == len(KINDS)


def test_notification_says_what_was_known_when_it_was_opened() -> None:
    found = facts(note(0, "no upload ends"), note(20, "the disk is full", Topic.ROOT_CAUSE), resolved(40))
    said = text(found, "notification")
    assert "no upload ends" in said
    assert "the disk is full" not in said
    assert "Status: Investigating" in said
    assert "Started: 2026-03-01 02:55 UTC" in said
    assert "Next update by 2026-03-01 03:30 UTC" in said
    assert "Next update in: 30 minutes" in said


def test_update_says_what_is_new_since_the_one_before() -> None:
    found = facts(note(1, "early"), update(20, "looking"), note(25, "late", Topic.ROOT_CAUSE), until=51)
    assert "PROGRESS\n\nlooking\n" in text(found, "update-1")
    second = text(found, "update-2")
    assert "PROGRESS\n\nlate\n" in second
    assert "Status: Identified" in second
    assert "not recorded as sent" in second


def test_open_incident_has_no_resolution_and_no_review() -> None:
    names = {each.name for each in documents(facts(note(1, "x")))}
    assert names == {"notification", "status-page", "assessment"}


def test_review_has_the_dates_that_the_runbook_gives() -> None:
    said = text(facts(resolved(60)), "review")
    assert "Repair | By: 2026-03-08; In the runbook: Within 1 week" in said
    assert "Close | By: 2026-03-15; In the runbook: 2 weeks after the incident" in said
    assert "2026-03-08; Priority: High" in said
    assert "2026-03-15; Priority: Medium" in said
    assert "by 2026-03-03 04:00 UTC at the latest" in text(facts(resolved(60)), "resolution")


def test_follow_ups_count_from_the_resolution() -> None:
    said = text(facts(resolved(30 * 60)), "review")
    assert "Repair | By: 2026-03-09" in said
    assert "2026-03-09; Priority: High" in said


def test_action_item_has_owner_and_deadline_by_its_priority() -> None:
    item = note(70, "rotate keys", Topic.ITEM, owner="System Administrator", priority="High")
    said = text(facts(resolved(60), item), "review")
    assert "- rotate keys | Owner: System Administrator; Deadline: 2026-03-08; Priority: High" in said


def test_timeline_has_the_templates_rows_with_their_times_or_for_a_person() -> None:
    found = facts(note(-4, "it rang", Topic.ALERT), note(5, "disk", Topic.ROOT_CAUSE), resolved(60, "freed"))
    said = text(found, "review")
    assert "- 02:56:00 | Event: Alert fired: it rang" in said
    assert "- 03:05:00 | Event: Root cause found: disk" in said
    assert "- 04:00:00 | Event: Incident over: freed" in said
    assert f"- {PERSON} (time) | Event: Mitigation in place" in said


def test_timeline_beyond_midnight_has_days() -> None:
    assert "- 2026-03-02 03:00:00 | Event: Incident over" in text(facts(resolved(24 * 60)), "review")


def test_late_updates_are_among_what_could_be_better() -> None:
    said = text(facts(update(45), resolved(60)), "review")
    assert "- Status update #1, due at 2026-03-01 03:30:00 UTC: late by 15 minutes" in said


def test_escalation_is_asked_for_when_its_trigger_is_met() -> None:
    found = facts(note(0, "x"), note(5, "found", Topic.ROOT_CAUSE), resolved(60))
    said = text(found, "escalation-1-engineering-lead-request")
    assert "Duration: 35 minutes" in said
    assert "A SEV-2 is still open after 30 minutes" in said
    assert "whether this call was made is not recorded" in said
    assert "SEV-2 is to be resolved in < 4 hours" in said


def test_status_page_is_for_the_public_only_where_the_runbook_says_so() -> None:
    best, worst = facts(note(0, "x")), facts(note(0, "x"), first=opened(severity="SEV-1"))
    assert "Not to be published: at SEV-2" in text(best, "status-page")
    assert f"Major Outage ({PERSON}" in text(best, "status-page")
    assert "Not to be published" not in text(worst, "status-page")
    assert "Major Outage\n" in text(worst, "status-page")


def test_drill_says_so_in_every_document(incidents: dict[tuple[str, str], Facts]) -> None:
    for each in documents(incidents["drill", "SEV-2"]):
        assert each.subject.startswith("DRILL: ")
        assert each.above[0].startswith("This is a drill in a sandbox")


def test_checklist_has_evidence_where_the_record_has_it(incidents: dict[tuple[str, str], Facts]) -> None:
    said = text(incidents["drill", "SEV-2"], "after-resolution")
    assert "The whole smoke test passes; Evidence: `./scripts/smoke-test.sh` ended with exit code 0" in said
    assert "Error rates are back where they were; Evidence: Error Rate was at 0.0%" in said
    assert f"Users report nothing new; Evidence: {PERSON}" in said
    assert "To be done by 2026-11-30 20:38 UTC (within 1 hour)." in said


def test_other_edition_of_the_runbook_is_told() -> None:
    edition = {"file": "incidents.md", "sha256": "other"}
    assert "is not the edition" in text(facts(first=opened(runbook=edition)), "assessment")
    assert "is not the edition" not in text(facts(), "assessment")
