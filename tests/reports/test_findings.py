"""A finding says what is wrong, what was measured and what to write instead; it never says more than was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from drills.reports.collect import collect
from drills.reports.findings import findings
from drills.reports.findings_page import findings_page
from drills.reports.proposed_edit import proposed_edit
from tests.helpers.losses import losses
from tests.helpers.report_samples import judged, leak

if TYPE_CHECKING:
    from pathlib import Path

    from drills.reports.findings import Finding

FLUSH = {"line": 0, "text": "redis-cli FLUSHDB", "exit": 0, "seconds": 0.2}
RELIEF = {"verdict": "relief", "load": "held", "restart": "not at its target for 20 s"}
CURE = {"verdict": "cure", "load": "held", "restart": "held"}
UNPROVED = {
    "command": "docker stats", "line": 7, "pattern": "OOM", "change": "appears", "proved": False, "normal": "no OOM",
    "abnormal": "no OOM",
}  # fmt: skip


def arm(output: Path, name: str, verdict: str, **changes: Any) -> None:
    folder = leak(output / "drills" / f"5.1-{name}", arm=name)
    judged(folder, arm=name, verdict=verdict, expected_verdict=verdict, **changes)


def held(output: Path, verdict: str = "CONFIRMED", **changes: Any) -> list[Finding]:
    arm(output, "placebo", "REFUTED", ttr_s=None)
    arm(output, "documented", verdict, **changes)
    return list(findings(collect(output)))


def test_a_confirmed_cure_is_no_finding(tmp_path: Path) -> None:
    proved = {**UNPROVED, "proved": True, "abnormal": "OOM"}
    assert held(tmp_path, durability=CURE, symptom=proved) == []
    assert "**No finding; 1 of 1 causes were drilled.**\n" in findings_page(collect(tmp_path))


def test_an_older_record_without_the_new_facts_is_no_finding(tmp_path: Path) -> None:
    assert held(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"verdict": "REFUTED", "ttr_s": None}, "As documented now: REFUTED, "),
        ({"verdict": "CONFIRMED_WITH_LOSS"}, "As documented now: CONFIRMED_WITH_LOSS, "),
        ({"verdict": "UNKNOWN"}, "As documented now: UNKNOWN, "),
        ({"durability": RELIEF}, "it relieves and does not cure"),
        ({"symptom": UNPROVED}, "No reading of the investigation proved the diagnosis"),
        ({"symptom": {**UNPROVED, "proved": None}}, "No reading of the investigation proved the diagnosis"),
        ({"ttr_s": 130.0}, "The documented time is wrong: 130.0 s"),
    ],
)
def test_each_reason_makes_a_finding(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    (found,) = held(tmp_path, **changes)
    assert reason in " ".join(found.reasons)


def test_a_recovery_of_the_placebo_is_a_finding(tmp_path: Path) -> None:
    arm(tmp_path, "documented", "CONFIRMED")
    arm(tmp_path, "placebo", "SPONTANEOUS")
    (found,) = findings(collect(tmp_path))
    assert found.advice.startswith("The documented commands prove nothing")


@pytest.fixture
def flushed(tmp_path: Path) -> Path:
    what = "FLUSHDB deletes the queue"
    lost = losses(jobs=3)
    arm(tmp_path, "original", "CONFIRMED_WITH_LOSS", commands=[FLUSH], losses=lost, finding=what)
    arm(tmp_path, "placebo", "REFUTED", ttr_s=None)
    arm(tmp_path, "documented", "CONFIRMED", solution="Restart it: see below", finding=what)
    return tmp_path


def test_the_original_row_stands_beside_the_corrected_one(flushed: Path) -> None:
    page = findings_page(collect(flushed), flushed)
    order = [
        "**1 of 1 causes have a finding",
        "[5.1 Connection leak in code](#51-connection-leak-in-code): Type the corrected commands.",
        "FLUSHDB deletes the queue.",
        "### As first documented: CONFIRMED_WITH_LOSS",
        "```console\nredis-cli FLUSHDB\n```",
        "Losses: 3 jobs lost",
        "Evidence: [drills/5.1-original](drills/5.1-original/)",
        "### Corrected: CONFIRMED",
        "```console\ndocker-compose restart backend\n```",
        "### Proposed edit",
    ]
    positions = [page.index(text) for text in order]
    assert positions == sorted(positions)


def test_the_edit_shows_the_row_and_its_lines_before_and_after(flushed: Path) -> None:
    (found,) = findings(collect(flushed))
    assert proposed_edit(found).splitlines() == [
        "```diff",
        "- | Connection leak in code | the lines below | 2 min |",
        "- redis-cli FLUSHDB",
        "+ | Connection leak in code | Restart it: see below | 2 min |",
        "+ docker-compose restart backend",
        "```",
    ]


def test_a_chart_is_shown_where_there_is_a_file_for_it(flushed: Path) -> None:
    assert "![" not in findings_page(collect(flushed), flushed)
    (flushed / "drills/5.1-documented/arms.png").touch()
    assert "(drills/5.1-documented/arms.png)" in findings_page(collect(flushed), flushed)
    assert "![" not in findings_page(collect(flushed))


@pytest.mark.parametrize("verdict", ["REFUTED", "UNKNOWN", "CONFIRMED_WITH_LOSS"])
def test_no_edit_is_proposed_to_commands_that_are_not_confirmed(flushed: Path, verdict: str) -> None:
    arm(flushed, "documented", verdict)
    (found,) = findings(collect(flushed))
    assert "diff" not in proposed_edit(found)
    assert "corrected commands" not in found.advice


def test_no_edit_is_proposed_without_a_placebo(flushed: Path) -> None:
    (flushed / "drills/5.1-placebo/history.jsonl").unlink()
    (found,) = findings(collect(flushed))
    assert "diff" not in proposed_edit(found)
    assert found.advice.startswith("It is unknown whether")


def test_an_original_that_works_after_all_is_said_to(flushed: Path) -> None:
    judged(flushed / "drills/5.1-original", arm="original", expected_verdict="REFUTED")
    (found,) = findings(collect(flushed))
    assert "CONFIRMED (expected REFUTED)" in found.reasons[0]
    assert "So nothing is wrong with the row as first documented in this run." in found.reasons
    assert "diff" not in proposed_edit(found)


def test_an_original_without_its_placebo_is_said_to_prove_nothing(tmp_path: Path) -> None:
    arm(tmp_path, "original", "UNPROVEN")
    (found,) = findings(collect(tmp_path))
    assert "So this run proves nothing about the row as first documented." in found.reasons


def test_a_corrected_row_that_was_not_drilled_proposes_nothing(tmp_path: Path) -> None:
    arm(tmp_path, "original", "REFUTED", ttr_s=None)
    (found,) = findings(collect(tmp_path))
    assert found.advice == "The corrected commands were not drilled in this run."
    assert proposed_edit(found) == "None before the corrected commands are drilled."


def test_a_wrong_time_is_edited_alone(tmp_path: Path) -> None:
    (found,) = held(tmp_path, ttr_s=130.0, solution="Restart")
    assert found.advice == "The documented commands bring the metric back. Allow 3 min."
    assert proposed_edit(found).splitlines()[1:-1] == [
        "- | Connection leak in code | Restart | 2 min |",
        "+ | Connection leak in code | Restart | 3 min |",
    ]


def test_a_relief_is_named_in_the_row(tmp_path: Path) -> None:
    (found,) = held(tmp_path, durability=RELIEF, solution="Restart")
    assert "Expect it to come back" in found.advice
    assert "+ | Connection leak in code | Restart (relief only: " in proposed_edit(found)


def test_an_unproven_recovery_edits_no_row(tmp_path: Path) -> None:
    arm(tmp_path, "documented", "CONFIRMED", durability=RELIEF, ttr_s=130.0)
    (found,) = findings(collect(tmp_path))
    assert proposed_edit(found) == "None before a placebo has stayed bad beside these commands."


def test_what_did_not_recover_is_no_relief_either(tmp_path: Path) -> None:
    (found,) = held(tmp_path, "REFUTED", ttr_s=None, durability=RELIEF)
    assert not found.relieves
    assert "Lasting: no recovery that could last; the same load again: held" in findings_page(collect(tmp_path))
    assert proposed_edit(found).startswith("None yet")


def test_the_page_says_that_it_is_unknown_what_was_not_drilled(tmp_path: Path) -> None:
    arm(tmp_path, "placebo", "REFUTED", ttr_s=None)
    page = findings_page(collect(tmp_path))
    assert "No finding; 0 of 1 causes were drilled.** What was not drilled is unknown, not fine." in page
