"""The page on what is real and what is arranged has every row of the runbook, and names all that the faults change."""

from __future__ import annotations

import re

import pytest

from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import ROOT

PAGE = (ROOT / "docs" / "faithfulness.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if re.match(r"\| \d\.\d [^|,]+ \|", line)
]
DIFFERENCES = PAGE[PAGE.index("## Where our edition differs") :]
SOURCES = sorted((ROOT / "scenarios").rglob("*.py"))
MADE_SMALL = {"WORKER_CPUS", "WORKER_START_LOOK"}
"""Settings by which a helper makes workers small; the page gives their share of a core in words."""
DOUBTFUL = ("1.3", "2.1", "2.2", "2.3", "2.5", "3.3", "4.2", "4.3", "4.5", "5.2", "5.5", "6.1", "6.2", "7.2")
"""Rows whose fault stands for its incident by an arrangement that real life does not make."""
NONE = "—"


def changed_settings() -> set[str]:
    calls = [call for path in SOURCES for call in re.findall(r"settings\.change\(([^)]*)", path.read_text("utf-8"))]
    return {name for call in calls for name in re.findall(r"([A-Z][A-Z_]+)=", call)} - MADE_SMALL


def test_every_row_of_the_runbook_is_there_in_its_order() -> None:
    causes = [f"{cause.id} {cause.name}" for cause in OWN_RUNBOOK.causes]
    assert [row[0] for row in ROWS if row[0].split()[0] in {cause.id for cause in OWN_RUNBOOK.causes}] == causes


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].split()[0])
def test_a_row_says_what_is_real_and_what_is_arranged(row: list[str]) -> None:
    _, real, arranged, doubt = row
    assert real.endswith(".")
    assert arranged.endswith(".")
    assert doubt == NONE or doubt.endswith(".")


@pytest.mark.parametrize("cause", DOUBTFUL)
def test_a_doubtful_row_keeps_its_doubt(cause: str) -> None:
    (doubt,) = [row[3] for row in ROWS if row[0].startswith(f"{cause} ")]
    assert doubt != NONE


def test_settings_that_faults_change_are_named() -> None:
    assert {name for name in changed_settings() if f"`{name}`" not in PAGE} == set()


def test_releases_made_for_the_drills_are_named() -> None:
    releases = {path.stem.partition("-")[2] for path in (ROOT / "stack" / "patches").iterdir() if path.stem[0] != "."}
    tags = {re.sub(r"^worker-", "", release) for release in releases}
    assert {tag for tag in tags if f"`{tag}`" not in PAGE} == set()


def test_rows_with_an_original_are_listed_as_different() -> None:
    corrected = {cause.id for cause in OWN_RUNBOOK.causes if cause.original}
    listed = set(re.findall(r"^\| (\d\.\d) \|", DIFFERENCES, re.MULTILINE))
    assert corrected - listed == set()
