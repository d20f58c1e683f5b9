"""This project's own edition is complete: incidents, alerts, causes, commands, times and templates."""

from __future__ import annotations

import re
import subprocess

import pytest

from drills.runbook import Cause, load
from drills.runbook.validation import findings
from tests.helpers.paths import RUNBOOK
from tests.helpers.runbook_samples import EXPRESSIONS

OWN = load(RUNBOOK)
FIGURES = {
    1: ("HighErrorRate", ">", 0.05, 300),
    2: ("HighResponseTime", ">", 10, 300),
    3: ("HighResourceUtilization", ">", 0.8, 600),
    4: ("HighQueueDepth", ">", 500, None),
    5: ("DatabaseConnectionPoolExhausted", ">=", 50, None),
    6: ("ServiceDown", "<", 1, 120),
    7: ("AuthenticationFailures", ">=", 2, None),
}
MINUTES = {
    1: [(5, 10), (2, 3), (3, 5), (1, 1), (5, 5)],
    2: [(3, 5), (5, 10), (2, 2), (3, 5), (5, 5)],
    3: [(2, 3), (5, 5), (0, 0), (5, 10), (2, 2)],
    4: [(3, 5), (10, 20), (2, 2), (5, 5), (5, 5)],
    5: [(2, 2), (3, 5), (1, 1), (1, 1), (5, 5)],
    6: [(2, 2), (3, 3), (2, 5), (5, 10), (5, 5), (10, 15)],
    7: [(2, 2), (5, 5), (2, 2), (1, 1), (5, 5)],
}
TARGETS = {1: "< 1%", 2: "< 2s", 3: "< 80%", 4: "< 100 jobs", 5: "< 50 connections"}


def test_nothing_is_missing() -> None:
    assert findings(OWN, EXPRESSIONS) == ()


@pytest.mark.parametrize("number", FIGURES)
def test_alert_figures(number: int) -> None:
    alert = OWN.incident(number).alert
    assert (alert.name, alert.threshold.op, alert.threshold.value, alert.window_s) == FIGURES[number]


@pytest.mark.parametrize("number", MINUTES)
def test_documented_times(number: int) -> None:
    assert [cause.minutes for cause in OWN.incident(number).causes] == MINUTES[number]


@pytest.mark.parametrize("number", TARGETS)
def test_targets(number: int) -> None:
    assert OWN.target(OWN.incident(number)).text == TARGETS[number]


@pytest.mark.parametrize("cause", OWN.causes, ids=lambda cause: cause.id)
def test_commands_are_lines_that_a_shell_can_read(cause: Cause) -> None:
    """No placeholder, no half-open quote: `bash -n` reads each command without running it."""
    for command in cause.commands:
        read = subprocess.run(["bash", "-n"], input=command.text, capture_output=True, text=True, check=False)
        assert (read.returncode, read.stderr) == (0, "")
        assert not re.search(r"<\w+>", command.text)


def test_settings_are_changed_in_one_way_only() -> None:
    lines = [command.text for cause in OWN.causes for command in cause.commands]
    changes = [line for line in lines if line.startswith("sed -i")]
    assert changes
    assert all(re.fullmatch(r"""sed -i (['"])s/\^(\w+)=\.\*/\2=.+/\1 \.env""", line) for line in changes)


def test_flushing_redis_is_said_to_cost_queue_and_sessions() -> None:
    note = OWN.cause("1.4").notes[-1]
    assert "queue" in note
    assert "sessions" in note


def test_severities_escalation_and_templates_are_complete() -> None:
    assert [level.id for level in OWN.severities] == ["SEV-1", "SEV-2", "SEV-3", "SEV-4"]
    assert [len(trigger.conditions) for trigger in OWN.escalation] == [5, 4, 4]
    assert len(OWN.templates) == 7


def test_review_takes_55_minutes() -> None:
    assert [item.minutes for item in OWN.post_incident.agenda] == [10, 15, 10, 15, 5]
