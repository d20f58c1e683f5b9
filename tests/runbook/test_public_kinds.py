"""Kinds of pages that public runbooks have: details of an alert, quoted names, printed lines, what is done at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from drills.commands.runbook_check import Against, checked
from drills.runbook import Quantity, load
from drills.runbook.loading import readings
from tests.helpers.dialect_samples import load_text, steps, texts

if TYPE_CHECKING:
    from pathlib import Path

    from drills.runbook import Incident

REST = "\n## Diagnosis\n\n```bash\ndf -h\n```\n\n## Mitigation\n\n```bash\ndocker restart web\n```\n"
DETAILS = """# Runbook: Memory is short

## Alert Details

- **Alert Name**: ShopMemoryHigh
- **Severity**: Warning
- **Threshold**: Memory usage > 90%
- **Duration**: 5 minutes
- **Response Time**: 1 hour
"""


def only(folder: Path, text: str, name: str = "page.md") -> Incident:
    (incident,) = load_text(folder, text, name)
    return incident


def noticed(folder: Path) -> list[str]:
    (reading,) = readings(folder / "page.md")
    return [sentence for _, sentence in reading.noticed]


@pytest.mark.parametrize("heading", ["## Alert Details", "## Alert Information", "## Alert", "## Metadata"])
def test_details_of_an_alert_give_name_severity_limit_and_window(tmp_path: Path, heading: str) -> None:
    found = only(tmp_path, DETAILS.replace("## Alert Details", heading) + REST)
    assert (found.name, found.alert.name, found.severity) == ("Memory is short", "ShopMemoryHigh", "Warning")
    assert found.alert.quantity is Quantity.RESOURCE_UTILIZATION
    assert (found.alert.threshold.text, found.alert.window_s) == ("> 90%", 300)
    assert [cause.name for cause in found.causes] == ["Mitigation"]


def test_two_limits_in_the_details_are_refused_with_the_line(tmp_path: Path) -> None:
    found = only(tmp_path, DETAILS.replace("> 90%", "> 90% / > 95%") + REST)
    assert found.alert.limit is None
    assert "has two limits" in noticed(tmp_path)[0]


def test_time_to_respond_is_no_way_to_mitigate(tmp_path: Path) -> None:
    found = only(tmp_path, "# DiskFull\n\n**Severity**: high\n**Response Time**: 15 minutes\n" + REST)
    assert [cause.name for cause in found.causes] == ["Mitigation"]


def test_other_alerts_of_a_chapter_are_told(tmp_path: Path) -> None:
    found = only(tmp_path, "# Disk\n\n**Alert**: `DiskLow`, `DiskGone`\n" + REST)
    assert found.alert.name == "DiskLow"
    assert noticed(tmp_path) == [
        "the alert DiskGone is not read: this incident has another; write a chapter for each",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "The `DiskLow` (warning) and `DiskGone` (critical) alerts fire when the disk fills up.",
        "A Prometheus alert fires for `DiskLow`.",
        "- Alert triggered: `DiskLow`",
        'A "DiskLow" alert is sent.',
        "- Alert `DiskLow` is firing",
    ],
)
def test_name_of_the_alert_is_taken_where_a_sentence_quotes_it(tmp_path: Path, sentence: str) -> None:
    found = only(tmp_path, f"# The disk fills up\n\n## Symptoms\n\n{sentence}\n" + REST)
    assert found.alert.name == "DiskLow"


def test_program_in_a_title_is_no_alert(tmp_path: Path) -> None:
    assert only(tmp_path, "# MySQL: replication lag\n" + REST).alert.name == "MySQLReplicationLag"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("# Alert Runbook: Disk is full", "DiskIsFull"),
        ("# Runbook \u2014 Disk is full", "DiskIsFull"),
        ("# Disk is full Runbook", "DiskIsFull"),
        ("# 'disk is full'", "DiskIsFull"),
        ("# Title: DiskIsFull", "DiskIsFull"),
        ("# Alarm: disk-full", "disk-full"),
    ],
)
def test_words_about_the_page_are_no_part_of_the_name(tmp_path: Path, title: str, name: str) -> None:
    found = only(tmp_path, title + "\n" + REST)
    assert found.alert.name == name
    assert not re.search(r"['\"]|(?i:runbook|title|alarm)", found.name)


def test_title_and_alert_come_from_the_front_matter_where_the_page_has_none(tmp_path: Path) -> None:
    front = '---\ntitle: "Disk is low"\nowner: storage\nalertname: DiskLow\n---\n\n'
    found = only(tmp_path, front + "Look:\n\n```bash\ndf -h\n```\n")
    assert (found.name, found.alert.name) == ("Disk is low", "DiskLow")
    found = only(tmp_path, front + "# <%= page.title %>\n\nLook:\n\n```bash\ndf -h\n```\n")
    assert found.name == "Disk is low"
    found = only(tmp_path, front + "# DiskGone\n" + REST)
    assert found.name == "DiskGone"


def test_what_a_program_printed_in_a_shell_s_block_is_no_command(tmp_path: Path) -> None:
    printed = (
        'level=info msg="records -x are up"\nERRO[0001] run failed\ninstance: "10.0.0.1"\n[ERROR] pool exhausted\n'
    )
    found = only(tmp_path, "# DiskFull\n" + REST.replace("df -h\n", f"df -h\n{printed}"))
    assert steps(found) == ["df -h"]


@pytest.mark.parametrize(
    "shown", ['```bash\nlevel=error msg="no room"\n```', "```\npid  | state\n-----+------\n 12  | idle\n```"]
)
def test_block_that_shows_errors_is_no_command_anywhere(tmp_path: Path, shown: str) -> None:
    found = only(tmp_path, f"# DiskFull\n\nYou see errors similar to:\n\n{shown}\n" + REST)
    assert steps(found) == ["df -h"]
    assert load(tmp_path / "page.md").critical_commands == ()


def test_comment_above_a_command_does_not_make_it_output(tmp_path: Path) -> None:
    words = "**Symptoms**: `OOMKilled` in the output\n\n```bash\n# look first\ndocker stats --no-stream\n```\n"
    found = only(tmp_path, f"# DiskFull\n{REST}\n### 1. Killed\n\n{words}")
    assert texts(found.causes[-1].commands) == ["docker stats --no-stream"]


def test_what_is_looked_at_at_once_is_an_investigation(tmp_path: Path) -> None:
    at_once = "\n## Immediate Actions\n\n### 1. Identify the node\n\n```bash\nuptime\n```\n"
    free = "\n### 2. Free some room\n\n```bash\nrm -rf /var/cache/shop\n```\n"
    found = only(tmp_path, "# DiskFull\n\n## Symptoms\n\nNo room.\n" + at_once + free)
    assert (steps(found), [cause.name for cause in found.causes]) == (["uptime"], ["Free some room"])
    found = only(tmp_path, "# DiskFull\n\n## Symptoms\n\nNo room.\n" + at_once)
    assert (steps(found), found.causes) == (["uptime"], ())


def test_heading_of_own_words_that_says_what_to_do_is_a_solution(tmp_path: Path) -> None:
    more = "\n## C. Clean up the logs\n\n```bash\nrm -rf /var/log/shop\n```\n"
    found = only(tmp_path, "# DiskFull\n" + REST.replace("## Mitigation", f"{more}\n## Mitigation"))
    assert texts(found.causes[0].commands) == ["rm -rf /var/log/shop"]
    assert steps(found) == ["df -h"]


def test_sentence_before_a_step_names_no_part(tmp_path: Path) -> None:
    found = only(tmp_path, "# Low disk\n\n## Images\n\nVerify this:\n\n```bash\ndf -h\n```\n", "disk.md")
    assert (texts(found.causes[0].commands), found.verification) == (["df -h"], ())


def test_page_of_steps_that_only_looks_has_no_solution(tmp_path: Path) -> None:
    found = only(tmp_path, "# Disk runbook\n\n## Checking the disk\n\n```bash\ndf -h\n```\n", "disk.md")
    assert (steps(found), found.causes) == (["df -h"], ())


def test_headings_in_another_language_are_known(tmp_path: Path) -> None:
    text = "# Disco lleno\n\n**Severidad:** alta\n\n## S\u00edntomas\n\n- Sin sitio\n"
    rest = REST.replace("Diagnosis", "Diagn\u00f3stico r\u00e1pido").replace("Mitigation", "Soluci\u00f3n")
    found = only(tmp_path, text + rest)
    assert (found.severity, found.symptoms, steps(found)) == ("alta", ("Sin sitio",), ["df -h"])
    assert texts(found.causes[0].commands) == ["docker restart web"]


def test_commands_in_plain_words_of_a_refused_page_are_told(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# Notes\n\n1. Look at the container: docker compose ps web\n", encoding="utf-8")
    (reading,) = readings(path)
    assert reading.runbook is None
    (told,) = checked(reading, Against(None, {}, "")).found
    assert told == (
        f"{path}:3: 'docker compose ps web' looks like a command, and is not marked as code: put it between backticks"
    )


def test_what_is_verified_before_anything_is_mitigated_is_an_investigation(tmp_path: Path) -> None:
    scope = "\n## Phase 1: Verify the scope\n\n```bash\nuptime\n```\n"
    after = "\n## Verify the fix\n\n```bash\ncurl -f http://localhost/\n```\n"
    found = only(tmp_path, f"# DiskFull\n{scope}{REST}{after}")
    assert (steps(found), texts(found.verification)) == (["uptime", "df -h"], ["curl -f http://localhost/"])


def test_message_of_a_program_is_no_command(tmp_path: Path) -> None:
    only(tmp_path, "# DiskFull\n\n## Symptoms\n\n- Logs show `dial tcp: lookup <name>: no such host`.\n" + REST)
    assert load(tmp_path / "page.md").critical_commands == ()


def test_russian_headings_are_known(tmp_path: Path) -> None:
    words = {"Diagnosis": "\u0414\u0438\u0430\u0433\u043d\u043e\u0441\u0442\u0438\u043a\u0430"}
    words["Mitigation"] = "\u0420\u0435\u0448\u0435\u043d\u0438\u0435"
    text = REST
    for known, word in words.items():
        text = text.replace(known, word)
    found = only(tmp_path, "# DiskFull\n" + text)
    assert (steps(found), texts(found.causes[0].commands)) == (["df -h"], ["docker restart web"])
