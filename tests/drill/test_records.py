"""The record of an arm takes the place of the last one when it is judged, and other files there stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.records import Records

if TYPE_CHECKING:
    from pathlib import Path


def laid_down(folder: Path, **texts: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_a_record_is_written_beside_and_moved(tmp_path: Path) -> None:
    records, folder = Records(tmp_path, tmp_path / ".run"), tmp_path / "drills" / "5.1-placebo"
    laid_down(folder, history_jsonl="old", chart_png="old")
    laid_down(records.new(folder), history_jsonl="new")
    assert texts(folder) == {"history.jsonl": "old", "chart.png": "old"}
    records.keep(folder, judged=True)
    assert texts(folder) == {"history.jsonl": "new"}
    assert list(records.new(folder).parent.iterdir()) == []


def test_files_of_other_people_stay(tmp_path: Path) -> None:
    records, folder = Records(tmp_path, tmp_path / ".run"), tmp_path / "drills" / "5.1-placebo"
    laid_down(folder, history_jsonl="old", thesis_txt="mine")
    laid_down(records.new(folder), history_jsonl="new", verdict_json="{}")
    records.keep(folder, judged=True)
    assert texts(folder) == {"history.jsonl": "new", "verdict.json": "{}", "thesis.txt": "mine"}


@pytest.mark.parametrize("judged", [True, False])
def test_a_record_stays_beside_where_it_may_replace_nothing(tmp_path: Path, *, judged: bool) -> None:
    records = Records(tmp_path, tmp_path / ".run", lambda _, was_judged: was_judged)
    folder = tmp_path / "drills" / "5.1-placebo"
    laid_down(folder, history_jsonl="old")
    laid_down(records.new(folder), history_jsonl="new")
    records.keep(folder, judged=judged)
    assert texts(folder) == {"history.jsonl": "new" if judged else "old"}


def test_an_arm_that_wrote_nothing_replaces_nothing(tmp_path: Path) -> None:
    records, folder = Records(tmp_path, tmp_path / ".run"), tmp_path / "drills" / "5.1-placebo"
    laid_down(folder, history_jsonl="old")
    records.new(folder)
    records.keep(folder, judged=True)
    assert texts(folder) == {"history.jsonl": "old"}
