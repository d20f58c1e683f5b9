"""The arms of one cause are judged together, and a verdict's file is what their records say or is not believed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from drills.commands.rejudge import main
from drills.record.arm_verdict import VERDICT, as_json, differences, read_verdict, write_verdict
from drills.record.experiment_verdict import rejudge
from drills.record.verdicts import Verdict
from drills.reports.chart import _panel
from drills.reports.collect import collect
from tests.helpers.histories import (
    AFTER,
    END,
    RECOVERED,
    Story,
    borne_out,
    command,
    cut,
    documented,
    drop,
    event,
    metric,
    placebo,
    put,
    written,
)
from tests.helpers.losses import losses

if TYPE_CHECKING:
    from pathlib import Path

SPONTANEOUS = metric(placebo(), RECOVERED, END, AFTER)
BLIND = drop(placebo(), "sample", RECOVERED)


def arms(output: Path, control: Story | None) -> Path:
    """Record both arms of 5.1, the documented one judged beside a placebo that was good; return its folder."""
    if control is None:
        return borne_out(output / "drills" / "5.1-documented", documented())
    good = written(output / "drills" / "5.1-placebo", placebo())
    folder = borne_out(output / "drills" / "5.1-documented", documented())
    borne_out(good, control)
    return folder


def falsify(folder: Path, **changes: Any) -> None:
    path = folder / VERDICT
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("control", "verdict"),
    [
        (None, Verdict.UNPROVEN),
        (placebo(), Verdict.CONFIRMED),
        (SPONTANEOUS, Verdict.SPONTANEOUS),
        (BLIND, Verdict.UNKNOWN),
        (cut(placebo(), 30.0), Verdict.UNPROVEN),  # interrupted: as if there were no placebo
        (drop(SPONTANEOUS, "residue"), Verdict.SPONTANEOUS),
    ],
)
def test_a_solution_is_judged_beside_its_placebo(tmp_path: Path, control: Story | None, verdict: Verdict) -> None:
    folder = arms(tmp_path, control)
    assert rejudge([folder]).verdicts[folder].verdict is verdict


@pytest.mark.parametrize(
    "other",
    [
        {"time_scale": 60.0},
        {"runbook": {"file": "x", "sha256": "cd" * 32}},
        {"cause": "5.2"},
        {"run": "an earlier one"},
    ],
)
def test_a_placebo_of_another_experiment_says_nothing(tmp_path: Path, other: dict[str, Any]) -> None:
    folder = arms(tmp_path, placebo(**other))
    assert rejudge([folder]).verdicts[folder].verdict is Verdict.UNPROVEN


def test_the_original_row_is_judged_beside_the_placebo_too(tmp_path: Path) -> None:
    folder = borne_out(tmp_path / "drills/5.1-original", documented(arm="original"))
    arms(tmp_path, SPONTANEOUS)
    assert rejudge([folder]).verdicts[folder].verdict is Verdict.SPONTANEOUS


def test_a_verdict_says_what_the_head_of_its_record_says(tmp_path: Path) -> None:
    story = put(documented(finding="It only relieves.", solution="Restart it."), command("diagnose", 1.0))
    found = read_verdict(borne_out(tmp_path / "drills/5.1-documented", story))
    assert (found.finding, found.solution, found.expected_verdict) == ("It only relieves.", "Restart it.", "CONFIRMED")
    assert (found.cause, found.cause_name, found.evidence) == (
        "5.1",
        "Connection leak in code",
        "drills/5.1-documented",
    )
    assert [each.line for each in found.commands] == [321]


def test_a_verdict_is_replaced_whole(tmp_path: Path) -> None:
    folder = arms(tmp_path, None)
    write_verdict(folder, rejudge([folder]).verdicts[folder])
    assert sorted(path.name for path in folder.iterdir()) == ["history.jsonl", VERDICT]


def test_a_verdict_that_its_record_bears_out_has_no_difference(tmp_path: Path) -> None:
    folder = arms(tmp_path, None)
    assert differences(rejudge([folder]).verdicts[folder], folder) == []


FALSE = {
    "verdict": "REFUTED",
    "reason": "it was seen",
    "ttd_s": 1.0,
    "ttr_s": None,
    "action_s": 9.0,
    "losses": losses(jobs=1),
    "commands": [],
    "expected_verdict": "REFUTED",
    "finding": "none",
    "documented_minutes": [2.0, 9.0],
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_field_is_named(tmp_path: Path, name: str) -> None:
    folder = arms(tmp_path, None)
    falsify(folder, **{name: FALSE[name]})
    (sentence,) = differences(rejudge([folder]).verdicts[folder], folder)
    assert f"verdict.json: {name} is " in sentence


def test_reports_do_not_believe_a_verdict_against_its_record(tmp_path: Path) -> None:
    folder = borne_out(tmp_path / "drills/5.1-documented", cut(documented(), 43.0))
    borne_out(tmp_path / "drills/5.1-placebo", placebo())
    falsify(folder, verdict="CONFIRMED", reason="held")
    run = collect(tmp_path)
    assert [v.arm for v in run.verdicts] == ["placebo"]
    (problem,) = run.problems
    assert "drills/5.1-documented/verdict.json: verdict is 'CONFIRMED', and judged again" in problem


def test_reports_take_the_placebo_into_account(tmp_path: Path) -> None:
    arms(tmp_path, SPONTANEOUS)  # the documented arm's file still says what it said alone
    run = collect(tmp_path)
    assert run.standing("5.1") != "CONFIRMED"
    assert "judged again from its record 'SPONTANEOUS'" in run.problems[0]


def test_reports_count_what_its_record_bears_out(tmp_path: Path) -> None:
    arms(tmp_path, placebo())
    run = collect(tmp_path)
    assert (run.standing("5.1"), run.problems) == ("CONFIRMED", ())


def test_a_chart_shows_what_the_record_says(tmp_path: Path) -> None:
    folder = borne_out(tmp_path / "drills/5.1-documented", cut(documented(), 43.0))
    falsify(folder, verdict="CONFIRMED")
    assert _panel(folder).verdict == "UNKNOWN"


@pytest.mark.parametrize("part", ["", "drills", "drills/5.1-documented"])
def test_rejudge_is_content_where_nothing_differs(
    tmp_path: Path, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arms(tmp_path, placebo())
    assert main([str(tmp_path / part)]) == 0
    assert "5.1-documented: CONFIRMED: " in capsys.readouterr().out


def test_rejudge_is_content_with_a_copy(tmp_path: Path) -> None:
    copy = shutil.copytree(arms(tmp_path, placebo()).parent, tmp_path / "downloads")
    assert main([str(copy)]) == 0


def test_rejudge_calls_a_copy_without_its_placebo_unproven(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = arms(tmp_path, placebo())
    assert main([str(shutil.copytree(folder, tmp_path / "downloads" / folder.name))]) == 1
    assert "UNPROVEN" in capsys.readouterr().out


def test_rejudge_tells_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arms(tmp_path, SPONTANEOUS)
    assert main([str(tmp_path)]) == 1
    assert "verdict is 'CONFIRMED', and judged again from its record 'SPONTANEOUS'." in capsys.readouterr().out


def test_rejudge_tells_a_missing_verdict(tmp_path: Path) -> None:
    assert main([str(written(tmp_path / "5.1-documented", documented()))]) == 1


@pytest.mark.parametrize("broken", ["5.1-documented", "5.1-placebo"])
def test_rejudge_names_what_cannot_be_read(tmp_path: Path, broken: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = arms(tmp_path, placebo())
    written(tmp_path / "drills" / broken, (*documented(), event("guess", END)))
    assert main([str(folder)]) == 2
    said = capsys.readouterr().err
    assert f"{broken}/history.jsonl:" in said
    assert said.count("\n") == 1


def test_rejudge_wants_a_recorded_drill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "expected a recorded drill" in capsys.readouterr().err


def test_rejudge_without_a_folder_shows_its_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: drills rejudge" in capsys.readouterr().err


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    folder = arms(tmp_path, None)
    assert as_json(read_verdict(folder)) == json.loads((folder / VERDICT).read_text())


def test_a_field_that_an_older_drill_did_not_write_is_no_difference(tmp_path: Path) -> None:
    folder = arms(tmp_path, placebo())
    path = folder / VERDICT
    written_then = json.loads(path.read_text())
    del written_then["evidence_strength"]
    path.write_text(json.dumps(written_then))
    assert differences(rejudge([folder]).verdicts[folder], folder) == []
