"""A document in the dialect of the first runbook is read as it stands."""

from __future__ import annotations

import pytest

from drills.runbook import Command, Quantity, Threshold, load
from drills.runbook.spans import is_command
from tests.helpers.runbook_samples import SMALL, TEXT, line_of

RUNBOOK = load(SMALL)


def test_causes_are_numbered_in_document_order() -> None:
    assert [cause.id for cause in RUNBOOK.causes] == ["1.1", "1.2", "1.3", "1.4", "2.1", "3.1"]


def test_heading_loses_its_figure_but_keeps_its_words() -> None:
    assert [incident.name for incident in RUNBOOK.incidents] == [
        "Too Many Errors",
        "Database Pool Used Up",
        "Sign-in Failures",
    ]


def test_alert_has_name_limit_and_window() -> None:
    alert = RUNBOOK.incident(1).alert
    assert (alert.name, alert.quantity, alert.window_s) == ("ErrorsHigh", Quantity.ERROR_RATE, 300.0)
    assert alert.threshold == Threshold(">", 0.05, "%", "> 5%")


def test_alert_without_a_name_is_called_after_its_heading() -> None:
    alert = RUNBOOK.incident(3).alert
    assert (alert.name, alert.quantity) == ("SignInFailures", Quantity.AUTHENTICATION)


def test_all_connections_means_the_maximum_of_the_incident() -> None:
    assert RUNBOOK.incident(2).alert.threshold == Threshold(">=", 50.0, "connections", ">= 50 connections")


def test_no_window_is_none() -> None:
    assert RUNBOOK.incident(2).alert.window_s is None


def test_code_spans_that_are_names_are_no_commands() -> None:
    step = RUNBOOK.incident(1).investigation[1]
    assert [command.text for command in step.commands] == ["docker ps -a"]


def test_several_code_spans_and_an_escaped_pipe_in_a_cell() -> None:
    line = line_of("| Old state")
    assert RUNBOOK.cause("1.2").commands == (
        Command(line, "netstat -tulpn"),
        Command(line, "docker logs backend | tail -1"),
    )


def test_sql_alone_and_a_bare_script_are_commands() -> None:
    assert RUNBOOK.cause("2.1").commands[0].text == "SELECT pg_terminate_backend(pid)"
    assert RUNBOOK.cause("1.1").commands[0].text == "scripts/rollback.sh"


@pytest.mark.parametrize(
    "span", ["true", "sleep 1", "free total", "rm core.1", "echo done", "kill 4711", "A=1 make rollback"]
)
def test_whatever_can_be_typed_is_a_command(span: str) -> None:
    assert is_command(span)


@pytest.mark.parametrize("span", ["redis", "pdf-worker", "max (50)", "jobs.service.ts", "<service>", "A=1", ".env"])
def test_names_and_settings_are_none(span: str) -> None:
    assert not is_command(span)


def test_prose_has_no_commands() -> None:
    assert RUNBOOK.cause("1.3").commands == ()


@pytest.mark.parametrize(
    ("cause", "minutes"), [("1.1", (5, 10)), ("1.2", (60, 60)), ("1.3", (5, 5)), ("1.4", (0, 0)), ("2.1", (1, 1))]
)
def test_documented_times(cause: str, minutes: tuple[float, float]) -> None:
    assert RUNBOOK.cause(cause).minutes == minutes


def test_comments_and_blank_lines_are_not_run_and_lines_are_counted() -> None:
    first, second = RUNBOOK.incident(1).investigation[0].commands
    assert first == Command(line_of("curl http"), "curl http://localhost:3000/health")
    assert second.line == first.line + 2


def test_sql_after_an_interactive_psql_is_typed_into_it() -> None:
    psql, after = RUNBOOK.incident(2).investigation[0].commands
    assert psql.stdin == "SELECT pid\nFROM pg_stat_activity;\nSELECT 1;\n"
    assert after.text == "docker ps"


def test_psql_with_a_statement_of_its_own_reads_nothing() -> None:
    (command,) = RUNBOOK.incident(2).verification
    assert command.stdin is None


def test_continued_line_is_kept_as_it_would_be_pasted() -> None:
    (command,) = RUNBOOK.incident(2).verification
    assert command.text in TEXT
    assert command.text.split("\n")[0].endswith("-c \\")
    assert command.line == line_of("psql -U u -d d -c")


def test_a_verification_of_comments_has_no_commands() -> None:
    assert RUNBOOK.incident(3).verification == ()


def test_target_is_the_key_metric_where_there_is_one() -> None:
    assert RUNBOOK.target(RUNBOOK.incident(1)).text == "< 1%"


def test_target_without_a_key_metric_is_the_quiet_side_of_the_alert() -> None:
    assert RUNBOOK.target(RUNBOOK.incident(2)).text == "< 50 connections"


def test_key_metric_without_a_unit_takes_that_of_its_quantity() -> None:
    depth = RUNBOOK.metrics[2]
    assert (depth.target.value, depth.target.unit, depth.alert) == (100.0, "jobs", None)


def test_severities_have_seconds_where_they_name_a_duration() -> None:
    critical, low = RUNBOOK.severities
    assert (critical.response_time_s, critical.update_every_s, critical.resolution_target_s) == (300, 900, 3600)
    assert (low.response_time, low.response_time_s) == ("Next business day", None)


def test_escalation_names_role_and_conditions() -> None:
    (trigger,) = RUNBOOK.escalation
    assert (trigger.role, trigger.conditions) == ("Engineering Lead", ("It is a SEV-1", "Nobody knows why"))


def test_all_kinds_of_templates_are_found() -> None:
    assert [template.name for template in RUNBOOK.templates] == [
        "Escalation Template",
        "First Word",
        "PIR Document Template",
    ]
    assert RUNBOOK.templates[1].subject == "[SEV-X] Incident: [Brief]"


def test_what_follows_an_incident() -> None:
    after = RUNBOOK.post_incident
    assert (after.first_steps_within, after.review_within) == ("Within 1 hour", "Within 48 hours")
    assert (after.agenda[0].minutes, after.follow_ups[0].deadline) == (10.0, "Within 1 week")


def test_longest_window() -> None:
    assert RUNBOOK.longest_window_s == 300.0
