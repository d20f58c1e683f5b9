"""The table of findings has every row that a run or a scenario says something against, and says which was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from drills.commands.declared_findings import declared_findings
from drills.commands.report import main
from drills.reports.collect import collect
from drills.reports.findings_table import DeclaredFinding, findings_table
from drills.reports.markup import sentence
from tests.helpers.losses import losses
from tests.helpers.paths import ROOT
from tests.helpers.report_samples import judged, leak

if TYPE_CHECKING:
    from pathlib import Path

FLUSHES = DeclaredFinding("5.1", "Connection leak in code", "CONFIRMED_WITH_LOSS", "flushes the queue")
DECLARED = list(declared_findings())


def arm(output: Path, name: str, verdict: str, **changes: Any) -> None:
    folder = leak(output / "drills" / f"5.1-{name}", arm=name)
    judged(folder, arm=name, verdict=verdict, expected_verdict=verdict, **changes)


def cells(page: str) -> list[list[str]]:
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    arm(tmp_path, "placebo", "REFUTED", ttr_s=None)
    arm(tmp_path, "documented", "CONFIRMED")
    return tmp_path


def test_a_measured_finding_has_its_evidence(output: Path) -> None:
    arm(output, "original", "CONFIRMED_WITH_LOSS", losses=losses(jobs=3), finding="flushes the queue")
    assert cells(findings_table(collect(output), [FLUSHES])) == [
        [
            "5.1 Connection leak in code",
            "Flushes the queue.",
            "CONFIRMED_WITH_LOSS; back after 9.5 s; losses: 3 jobs lost",
            "CONFIRMED; back after 9.5 s; losses: none",
        ]
    ]


def test_a_relief_says_what_brought_it_back(output: Path) -> None:
    arm(output, "documented", "CONFIRMED", durability={"verdict": "relief", "load": "away", "restart": "not tried"})
    ((_, wrong, original, documented),) = cells(findings_table(collect(output)))
    assert (wrong, original) == ("As documented now, it relieves and does not cure.", "—")
    assert documented.endswith("relief; the same load again: away; after a restart of the service: not tried")


def test_what_the_run_did_not_drill_is_listed_as_not_measured(output: Path) -> None:
    ((_, wrong, original, documented),) = cells(findings_table(collect(output), [FLUSHES]))
    assert wrong == "Flushes the queue."
    assert original == "CONFIRMED_WITH_LOSS is expected; not drilled in this run"
    assert documented == "CONFIRMED; back after 9.5 s; losses: none"


def test_a_row_in_order_is_no_finding(output: Path) -> None:
    assert cells(findings_table(collect(output))) == []


def test_the_command_prints_the_page(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["findings-table", "--output", str(output)]) == 0
    assert {row[0].split()[0] for row in cells(capsys.readouterr().out)} == {finding.cause for finding in DECLARED}


def test_the_document_has_every_finding_that_a_scenario_declares_and_no_other() -> None:
    page = cells((ROOT / "docs/findings.md").read_text(encoding="utf-8"))
    told = [(title, wrong, original.split()[0].rstrip(";,")) for title, wrong, original, _ in page if original != "—"]
    expected = [(f"{f.cause} {f.name}", sentence(f.wrong), f.verdict) for f in DECLARED]
    assert len(expected) > 3
    assert told == expected, "write it again: drills report findings-table > docs/findings.md"
