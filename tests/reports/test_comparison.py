"""Repeated runs agree only when every arm has the same verdict in each of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from drills.commands.report import main
from drills.record.format import RecordError
from drills.reports.comparison import compare_runs, range_text
from tests.helpers.report_samples import RUNBOOK, judged, leak

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path, verdict: str = "CONFIRMED", **changes: Any) -> Path:
    judged(leak(folder / "drills/5.1-documented"), verdict=verdict, **changes)
    judged(leak(folder / "drills/5.1-placebo", arm="placebo"), arm="placebo", verdict="REFUTED", ttr_s=None)
    return folder


def test_the_same_verdicts_end_well_with_their_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [run(tmp_path / str(ttr_s), ttr_s=ttr_s) for ttr_s in (3.0, 9.0, 4.0)]
    assert main(["compare", *map(str, folders)]) == 0
    printed = capsys.readouterr().out
    assert "4.0 (3.0–9.0)" in printed  # noqa: RUF001
    assert "3 runs, 1 causes, 2 arms: each has the same verdict in every run." in printed


def test_a_verdict_that_differs_is_named_with_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = run(tmp_path / "one"), run(tmp_path / "other", "REFUTED")
    assert main(["compare", str(one), str(other)]) == 1
    printed = capsys.readouterr().out
    assert f"5.1 documented: REFUTED in {other}\n" in printed
    assert "5.1 placebo: " not in printed
    assert "1 with different verdicts." in printed


def test_an_arm_that_a_run_lacks_is_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = run(tmp_path / "one"), run(tmp_path / "other")
    for file in (other / "drills/5.1-placebo").iterdir():
        file.unlink()
    assert main(["compare", str(one), str(other)]) == 1
    assert f"5.1 placebo: no verdict in {other}\n" in capsys.readouterr().out


def test_a_folder_without_records_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(run(tmp_path / "one")), str(tmp_path / "none")]) == 2
    assert f"{tmp_path / 'none'}: expected a judged drill, found none" in capsys.readouterr().err


@pytest.mark.parametrize("names", [["one"], ["one", "one"], ["one", "../runs/one"]])
def test_one_run_cannot_be_compared_with_itself(tmp_path: Path, names: list[str]) -> None:
    runs = tmp_path / "runs"
    run(runs / "one")
    with pytest.raises(RecordError, match="two runs or more, each once"):
        compare_runs([runs / name for name in names])


@pytest.mark.parametrize("changes", [{"time_scale": 10}, {"runbook": RUNBOOK | {"sha256": "cd" * 32}}])
def test_runs_of_another_scale_or_runbook_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    one, other = run(tmp_path / "one"), tmp_path / "other"
    judged(leak(other / "drills/5.1-documented"), **changes)
    with pytest.raises(RecordError, match="these cannot be compared"):
        compare_runs([one, other])


def test_a_broken_record_is_refused(tmp_path: Path) -> None:
    one, other = run(tmp_path / "one"), run(tmp_path / "other")
    path = other / "drills/5.1-documented/verdict.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"verdict": "FINE"}))
    with pytest.raises(RecordError, match="FINE"):
        compare_runs([one, other])


@pytest.mark.parametrize(
    ("values", "text"),
    [([], "—"), ([2.0], "2.0 (2.0–2.0)"), ([1.0, 4.0, 2.0, 3.0], "2.5 (1.0–4.0)")],  # noqa: RUF001
)
def test_a_range_names_the_middle_and_the_ends(values: list[float], text: str) -> None:
    assert range_text(values) == text
