"""Templates in the words of other runbooks are filled by their labels; what is not asked for stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drills.incident.documents import documents
from drills.incident.entries import Topic
from drills.incident.fields import Filling
from drills.incident.lint import allowed, lint
from drills.incident.plain import plain
from drills.incident.template import filled, filled_line
from tests.helpers.incidents import facts, note, resolved
from tests.helpers.own_runbook import OWN_RUNBOOK

FOUND = facts(
    note(1, "every third upload", Topic.USERS),
    note(2, "the worker", Topic.SERVICES),
    note(3, "a restart", Topic.ACTION),
    note(4, "a second restart", Topic.ACTION),
    note(5, "Ana", Topic.COMMANDER),
    note(6, "a full disk", Topic.ROOT_CAUSE),
)


def said(body: str) -> str:
    made = documents(FOUND)[0]
    return plain(replace(made, blocks=filled(body, Filling(FOUND, number=3)), above=())).partition("\n\n")[2].strip()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Users affected: [Who?]", "Users affected: every third upload"),
        ("- **Affected services**: [List]", "- Affected services: the worker"),
        ("Incident Commander: [On-call name]", "Incident Commander: Ana"),
        ("ROOT CAUSE:\n[Describe]", "ROOT CAUSE\n\na full disk"),
        ("## Root Cause\n\n[Describe]", "ROOT CAUSE\n\na full disk"),
        (
            "ACTIONS ATTEMPTED:\n- [Action 1]\n- [Action 2]\n- [Action 3]",
            "ACTIONS ATTEMPTED\n\n- a restart\n- a second restart",
        ),
        ("Actions Taken: [Everything so far]", "Actions Taken: a restart; a second restart"),
        ("UPDATE #N", "UPDATE #3"),
        ("Duration: XX minutes", "Duration: 11 minutes"),
        ("Weather: [Sun/Rain]", "Weather: *needs a person* (sun/rain)"),
        ("Call [the person on duty] now.", "Call *needs a person* (the person on duty) now."),
        ("Status: Investigating", "Status: Investigating"),
        ("We write again every [15/30] minutes.", "We write again every 30 minutes."),
        ("| Time | Event |\n|---|---|\n| HH:MM | Deployed |", "- 03:00:00 | Event: Incident opened: Uploads fail"),
        ("| Part | Cost |\n|---|---|\n| Disk | [Euro] |", "- Disk | Cost: *needs a person*"),
        (
            "| Action | Due |\n|---|---|\n| [Action] | [Date] |",
            "- *needs a person* (action) | Due: *needs a person* (due)",
        ),
    ],
)
def test_field_is_filled_by_its_label(body: str, expected: str) -> None:
    assert said(body).startswith(expected)


def test_mark_of_a_state_stays_and_a_level_is_filled() -> None:
    subject = filled_line("[RESOLVED] [SEV-X]: [Brief Description]", Filling(FOUND))
    assert subject == "[RESOLVED] [SEV-2]: Uploads fail"


def test_text_that_looks_like_a_placeholder_is_not_filled_again() -> None:
    found = facts(note(1, "see [Name] and SEV-X", Topic.ROOT_CAUSE))
    (line,) = filled("[x] [Root cause]", Filling(found))[0].lines  # type: ignore[union-attr]
    assert "*needs a person*" in line.text
    assert Filling(found).value("", "root cause", "") == "see [Name] and SEV-X"


def test_templates_in_other_words_have_no_fault_either() -> None:
    """The wording of another team, with the same kinds of templates."""
    other = {
        "Initial incident notification": "NEW INCIDENT\n\nIncident ID: INC-YYYY-MM-DD-NNN\n\nOwner: [Name]\n",
        "Status update": "INCIDENT UPDATE #N\n\nPROGRESS:\n[News]\n\nESTIMATED RESOLUTION: [When?]\n",
    }
    templates = tuple(replace(each, body=other.get(each.name, each.body)) for each in OWN_RUNBOOK.templates)
    found = replace(facts(note(1, "x"), resolved(50)), runbook=replace(OWN_RUNBOOK, templates=templates))
    may = allowed(found)
    assert [fault for each in documents(found) for fault in lint(each, may)] == []
    assert "NEW INCIDENT" in plain(documents(found)[0])
    assert "Owner: *needs a person*" in plain(documents(found)[0])
