"""An incident made of a run of checks: what failed is what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from drills.checks.result import Outcome
from drills.incident.entries import Topic
from drills.incident.errors import IncidentError
from drills.incident.facts import facts_of
from drills.incident.of_checks import of_checks
from drills.incident.severity import decided
from tests.helpers.check_results import of_level
from tests.helpers.incidents import checks_file, checks_made
from tests.helpers.own_runbook import OWN_RUNBOOK

if TYPE_CHECKING:
    from pathlib import Path


def test_failed_checks_are_told_as_they_saw_it(tmp_path: Path) -> None:
    made = checks_made(tmp_path)
    found = facts_of(made.lines("INC-2025-11-24-001"), OWN_RUNBOOK)
    assert found.opened.title == "1 of 2 checks of staging failed"
    (seen,) = found.texts(Topic.OBSERVATION)
    assert seen.startswith(f"{of_level(1)}: expected all well, saw 503 at http://")
    assert decided(found).severity.id == "SEV-1"
    assert of_level(1) in decided(found).why
    assert found.texts(Topic.NEXT) == ("read a log",)
    assert found.status == "Investigating"


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.DEGRADED, Outcome.BLOCKED])
def test_run_without_a_failed_check_is_no_incident(outcome: Outcome, tmp_path: Path) -> None:
    with pytest.raises(IncidentError, match="no check failed in this run"):
        of_checks(checks_file(tmp_path, outcome))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 9}, '"schema"'),
        ({"checks": None}, '"checks"'),
        ({"started": "soon"}, "'soon' is no time"),
        ({"severity": {"id": "SEV-1"}}, "because"),
    ],
)
def test_file_that_cannot_be_used_is_refused(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = checks_file(tmp_path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(IncidentError, match=said):
        of_checks(path)


def test_truncated_file_is_refused(tmp_path: Path) -> None:
    path = checks_file(tmp_path)
    path.write_text(path.read_text()[:200])
    with pytest.raises(IncidentError, match=r"checks\.json"):
        of_checks(path)
