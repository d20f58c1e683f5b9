"""Runbooks of other forms: commands, alert and order are read as they stand; what is not said is not made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.runbook import Quantity, RunbookError, load
from drills.runbook.loading import readings
from tests.helpers.dialect_samples import ALERTS, CHAPTERS, FIELDS, PAGE, STEPS, load_text, steps, texts
from tests.helpers.runbook_samples import SMALL

if TYPE_CHECKING:
    from pathlib import Path


def test_page_of_an_alert(tmp_path: Path) -> None:
    (page,) = load_text(tmp_path, PAGE)
    assert (page.alert.name, page.alert.quantity, page.alert.limit, page.alert.window_s) == (
        "DiskFillsUp",
        Quantity.OTHER,
        None,
        None,
    )
    assert steps(page) == [
        "kubectl get nodes -o wide",
        "kubectl describe node <node>",
        "kubectl debug node/<node> -- df -h",
    ]
    assert [(cause.id, cause.name, texts(cause.commands), cause.minutes) for cause in page.causes] == [
        ("1.1", "Old images", ["crictl rmi --prune"], None),
        ("1.2", "Old logs", ["journalctl --vacuum-time=1d"], None),
    ]
    assert "Writes fail." in page.about


def test_threshold_and_time_that_are_not_there_are_asked_for_in_words(tmp_path: Path) -> None:
    (page,) = load_text(tmp_path, PAGE)
    with pytest.raises(RunbookError, match="DiskFillsUp has no threshold in the document; give its rule"):
        _ = page.alert.threshold
    with pytest.raises(RunbookError, match=r"cause 1\.1 \(Old images\) has no documented time"):
        _ = page.causes[0].documented_minutes


def test_chapters_of_symptom_diagnosis_and_fix(tmp_path: Path) -> None:
    first, second = load_text(tmp_path, CHAPTERS)
    assert (first.name, first.symptoms) == ("The shop does not start", ("The container is gone", "Nothing answers"))
    assert steps(first) == ["docker compose ps shop", "docker compose logs shop"]
    assert texts(first.causes[0].commands) == ["docker compose up -d shop"]
    assert texts(first.verification) == ["curl -f http://localhost/"]
    assert (steps(second), texts(second.causes[0].commands)) == (
        ["docker stats --no-stream"],
        ["docker compose up -d --scale shop=3"],
    )
    assert texts(load(tmp_path / "page.md").critical_commands) == ["docker compose restart"]


def test_fields_of_a_list(tmp_path: Path) -> None:
    gone, queue = load_text(tmp_path, FIELDS)
    assert (gone.alert.name, gone.alert.threshold.text, gone.alert.window_s) == ("PostgresGone", "< 1 services up", 120)
    assert (gone.severity, gone.escalation) == ("critical", ("the database team",))
    assert texts(gone.causes[0].commands) == ["docker ps -a", "docker start postgres"]
    assert (queue.alert.name, queue.alert.limit, queue.severity) == ("QueueTooLong", None, "warning")
    assert (steps(queue), texts(queue.causes[0].commands)) == (
        ["redis-cli LLEN jobs"],
        ["docker compose up -d --scale worker=5"],
    )


def test_alerts_with_their_steps(tmp_path: Path) -> None:
    down, slow = load_text(tmp_path, ALERTS)
    assert (down.alert.name, texts(down.causes[0].commands)) == ("ProxyDown", ["docker ps", "docker restart proxy"])
    assert (slow.alert.name, steps(slow)) == ("ProxySlow", ["docker top proxy"])
    assert texts(slow.causes[0].commands) == ["docker restart proxy"]


def test_page_of_steps(tmp_path: Path) -> None:
    (page,) = load_text(tmp_path, STEPS, "rollback.md")
    assert [text for cause in page.causes for text in texts(cause.commands)] + steps(page) == [
        "git tag --list",
        './deploy.sh "$TAG"',
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (PAGE, "one page an alert"),
        (CHAPTERS, "chapters of symptom, diagnosis and fix"),
        (FIELDS, "fields of a list"),
        (ALERTS, "chapters of symptom, diagnosis and fix"),
        (STEPS, "a page of steps"),
        (SMALL.read_text(encoding="utf-8"), "tables of causes"),
    ],
)
def test_dialect_is_recognised_and_named(tmp_path: Path, text: str, name: str) -> None:
    load_text(tmp_path, text)
    assert load(tmp_path / "page.md").dialect == name


def test_unknown_heading_with_commands_is_told(tmp_path: Path) -> None:
    load_text(tmp_path, PAGE.replace("## Notes", "## Bits and bobs\n\n```sh\nuptime\n```\n\n## Notes"))
    (reading,) = readings(tmp_path / "page.md")
    assert [sentence for _, sentence in reading.noticed] == [
        "'Bits and bobs' names no part that is known here; its commands are read as a solution"
    ]


def test_words_that_no_form_fits_are_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunbookError, match=r"page\.md:1: no incident was found; expected .* Diagnosis and Mitigation"):
        load_text(tmp_path, "# Notes\n\n```bash\nmake install\n```\n")


def test_folder_is_a_runbook(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "DiskFillsUp.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "docs" / "shop.md").write_text(CHAPTERS, encoding="utf-8")
    (tmp_path / "README.md").write_text("# Index\n\nSee docs.\n", encoding="utf-8")
    runbook = load(tmp_path)
    assert [(each.id, each.file) for each in runbook.incidents] == [
        (1, "docs/DiskFillsUp.md"),
        (2, "docs/shop.md"),
        (3, "docs/shop.md"),
    ]
    assert [cause.id for cause in runbook.causes] == ["1.1", "1.2", "2.1", "3.1"]
    assert runbook.dialect == "one page an alert, chapters of symptom, diagnosis and fix"


def test_digest_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")
    before = load(tmp_path).sha256
    (tmp_path / "a.md").write_text(PAGE.replace("prune", "prune -a"), encoding="utf-8")
    assert load(tmp_path).sha256 != before
