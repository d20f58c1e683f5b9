"""Pages as people write them: what is a command, what is output, and which name the alert has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.runbook import load
from drills.runbook.document import read
from drills.runbook.inventory import inventory
from drills.runbook.loading import readings
from tests.helpers.dialect_samples import PAGE, load_text, steps, texts

if TYPE_CHECKING:
    from pathlib import Path


def test_verification_below_the_mitigation_is_one(tmp_path: Path) -> None:
    text = PAGE.replace(
        "## Notes", "### Verification\n\n```sh\nkubectl get nodes\n```\n\n### Verify quotas\n\nNo.\n\n## Notes"
    )
    (page,) = load_text(tmp_path, text)
    assert texts(page.verification) == ["kubectl get nodes"]
    assert [cause.name for cause in page.causes] == ["Old images", "Old logs", "Verify quotas"]


def test_output_below_a_command_of_an_indented_block_is_none(tmp_path: Path) -> None:
    shown = "    kubectl get lease\n\n    holder: node-1\n    duration: 60\n"
    (page,) = load_text(tmp_path, PAGE.replace("## Mitigation", f"{shown}\n## Mitigation"))
    assert steps(page)[-1] == "kubectl get lease"


def test_expressions_in_a_block_of_a_shell_are_no_commands(tmp_path: Path) -> None:
    block = "```sh\n// the fullest\ntopk(5,\n  sum by (pod) (rate(x[4m]))\n)\n\n// all\nsum(x) / 2\n```\n"
    (page,) = load_text(tmp_path, PAGE.replace("## Mitigation", f"{block}\n## Mitigation"))
    assert steps(page)[-1] == "kubectl debug node/<node> -- df -h"


def test_block_that_cannot_be_read_does_not_refuse_the_page(tmp_path: Path) -> None:
    (page,) = load_text(tmp_path, PAGE.replace("## Notes", "```sh\necho 'open\n```\n\n## Notes"))
    assert len(page.causes) == 2
    (reading,) = readings(tmp_path / "page.md")
    assert "this command never ends; expected its closing quote" in reading.noticed[0][1]
    assert reading.noticed[0][1].endswith("the block is left out")


def test_page_about_trouble_is_read_whatever_its_title(tmp_path: Path) -> None:
    text = "# PostgreSQL\n\n## No room\n\nIt may crash or fail with an error, and is slow to recover.\n\n- `df -h`\n"
    (page,) = load_text(tmp_path, text, "notes.md")
    assert (page.alert.name, [cause.name for cause in page.causes]) == ("PostgreSQL", ["No room"])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("# DiskFillsUp Runbook", "DiskFillsUp"),
        ('# Alert: "Disk is full"', "Disk is full"),
        ("# Runbook: disk is full", "DiskIsFull"),
        ("# `disk_fills_up` (critical)", "disk_fills_up"),
    ],
)
def test_name_of_the_alert_in_a_title(tmp_path: Path, title: str, name: str) -> None:
    (page,) = load_text(tmp_path, PAGE.replace("# DiskFillsUp", title, 1))
    assert page.alert.name == name


def test_name_of_the_alert_in_a_symptom_or_in_the_file_s_name(tmp_path: Path) -> None:
    text = PAGE.replace("# DiskFillsUp", "# The disk fills up", 1)
    (page,) = load_text(tmp_path, text, "NodeDiskFull.md")
    assert page.alert.name == "NodeDiskFull"
    (page,) = load_text(
        tmp_path, text.replace("## Impact", "## Symptoms\n\n- [ ] Alert: `DiskFull` fires\n\n## Impact")
    )
    assert page.alert.name == "DiskFull"


def test_command_that_words_about_the_incident_name_is_told_and_not_read(tmp_path: Path) -> None:
    (page,) = load_text(tmp_path, PAGE.replace("Writes fail.", "Tools such as `kubectl exec` do not work."))
    assert "kubectl exec" not in steps(page)
    path = tmp_path / "page.md"
    assert "the command 'kubectl exec' is not read" in inventory(read(path), load(path)).found[0][1]


def test_block_below_words_about_output_is_output(tmp_path: Path) -> None:
    shown = "The output should look like:\n\n```sh\nOct 18 19:39 node chronyd: stepped\n```\n"
    (page,) = load_text(tmp_path, PAGE.replace("## Mitigation", f"{shown}\n## Mitigation"))
    assert steps(page)[-1] == "kubectl debug node/<node> -- df -h"
    (page,) = load_text(tmp_path, PAGE.replace("## Mitigation", f"{shown.replace('Oct 18', 'date -d')}\n## Mitigation"))
    assert steps(page)[-1].startswith("date -d")
