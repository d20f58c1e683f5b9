"""The verification table says what was judged, and never more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reports.atomic import write_text
from reports.collect import collect
from reports.fields import RecordError
from reports.page import markdown
from reports.verification import as_json, exposition, write_verification
from reports.words import losses, summary, within
from tests.reports_samples import NO_LOSSES, RUNBOOK, judged, leak

if TYPE_CHECKING:
    from pathlib import Path

    from reports.collect import Run


def record(output: Path, cause_id: str, arm: str, verdict: str, **changes: Any) -> Path:
    folder = output / "drills" / f"{cause_id}-{arm}"
    leak(folder, cause=cause_id, arm=arm, **({"at": changes.pop("at")} if "at" in changes else {}))
    return judged(folder, id=cause_id, arm=arm, verdict=verdict, **changes)


def covered(output: Path, *causes: str, drilled: tuple[str, ...] = ()) -> None:
    listed = [{"id": cause, "incident": int(cause[0]), "cause": f"Cause {cause}"} for cause in causes]
    write_text(output / "coverage.json", json.dumps({"causes": listed, "drilled": drilled}))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    record(tmp_path, "5.1", "placebo", "REFUTED", expected_verdict="REFUTED", ttr_s=None, commands=[])
    record(tmp_path, "5.1", "documented", "CONFIRMED")
    covered(tmp_path, "5.1", "5.2", "5.3", drilled=("5.1", "5.2"))
    return collect(tmp_path)


def test_the_json_has_exactly_the_promised_form(run: Run) -> None:
    documented, placebo = as_json(run)["rows"]
    assert {key: value for key, value in as_json(run).items() if key != "rows"} == {
        "schema": 1,
        "time_scale": 30.0,
        "runbook": RUNBOOK,
    }
    assert documented == {
        "id": "5.1", "incident": 5, "cause": "Connection leak in code", "arm": "documented",
        "verdict": "CONFIRMED", "alert": "DatabaseConnectionPoolExhausted", "ttd_s": 14.2, "ttr_s": 9.5,
        "action_s": 3.9, "documented_minutes": [2.0, 2.0], "losses": NO_LOSSES,
        "commands": [{"line": 321, "text": "docker-compose restart backend", "exit": 0, "seconds": 3.9}],
        "evidence": "drills/5.1-documented",
    }  # fmt: skip
    assert (placebo["arm"], placebo["ttr_s"]) == ("placebo", None)


def test_rows_are_in_the_order_of_causes_by_number(tmp_path: Path) -> None:
    for cause in ("5.10", "5.9", "1.4"):
        record(tmp_path, cause, "documented", "CONFIRMED")
    assert [v.cause for v in collect(tmp_path).verdicts] == ["1.4", "5.9", "5.10"]


@pytest.mark.parametrize(
    ("documented", "placebo", "standing"),
    [
        ("CONFIRMED", "REFUTED", "CONFIRMED"),
        ("CONFIRMED_WITH_LOSS", "REFUTED", "CONFIRMED_WITH_LOSS"),
        ("CONFIRMED", "SPONTANEOUS", "SPONTANEOUS"),
        ("CONFIRMED", "CONFIRMED", "SPONTANEOUS"),
        ("CONFIRMED", "UNKNOWN", "UNPROVEN"),
        ("CONFIRMED", "INVALID", "UNPROVEN"),
        ("CONFIRMED", None, "UNPROVEN"),
        ("REFUTED", "REFUTED", "REFUTED"),
        ("UNKNOWN", "REFUTED", "UNKNOWN"),
        (None, "REFUTED", None),
    ],
)
def test_a_recovery_counts_only_beside_a_placebo_that_stayed_bad(
    tmp_path: Path, documented: str | None, placebo: str | None, standing: str | None
) -> None:
    for arm, verdict in (("documented", documented), ("placebo", placebo)):
        if verdict:
            record(tmp_path, "5.1", arm, verdict)
    assert collect(tmp_path).standing("5.1") == standing


def test_the_summary_counts_what_is_not_drilled_apart(run: Run) -> None:
    expected = (
        "Of 3 causes, 1 drilled: 1 CONFIRMED; 2 not drilled. 1 of 1 timed solutions took no longer than documented."
    )
    assert summary(run) == expected


def test_the_page_lists_what_is_not_drilled(run: Run, tmp_path: Path) -> None:
    page = markdown(run, tmp_path)
    assert "- 5.2 Cause 5.2 (has a drill, but no verdict here)\n- 5.3 Cause 5.3\n" in page
    assert "| 5.3" not in page


def test_the_page_shows_command_lines_and_evidence(run: Run, tmp_path: Path) -> None:
    page = markdown(run, tmp_path)
    assert "- line 321, exit 0, 3.9 s" in page
    assert "  docker-compose restart backend\n" in page
    assert "[documented](drills/5.1-documented/), [placebo](drills/5.1-placebo/)" in page


def test_a_chart_is_shown_once_it_is_drawn(run: Run, tmp_path: Path) -> None:
    assert "chart.png" not in markdown(run, tmp_path)
    (tmp_path / "drills/5.1-documented/chart.png").touch()
    assert "(drills/5.1-documented/chart.png)" in markdown(run, tmp_path)


def test_text_of_a_record_cannot_break_the_page(tmp_path: Path) -> None:
    command = {"line": 1, "text": "echo ```; true", "exit": None, "seconds": None}
    record(tmp_path, "5.1", "documented", "CONFIRMED", cause="a|b", reason="<b>*", commands=[command])
    page = markdown(collect(tmp_path), tmp_path)
    assert "| 5.1 a\\|b |" in page
    assert "\\<b\\>\\*" in page
    assert "  ````console\n  echo ```; true\n  ````" in page


@pytest.mark.parametrize(("action_s", "expected"), [(120.0, True), (120.1, False), (None, None)])
def test_action_time_is_held_to_the_upper_documented_minutes(
    tmp_path: Path, action_s: float | None, expected: object
) -> None:
    record(tmp_path, "5.1", "documented", "CONFIRMED", action_s=action_s)
    assert within(collect(tmp_path).verdicts[0]) is expected


def test_losses_that_were_not_measured_are_called_unknown(tmp_path: Path) -> None:
    record(tmp_path, "5.1", "documented", "CONFIRMED", losses={**NO_LOSSES, "jobs": 3, "sessions": None})
    assert losses(collect(tmp_path).verdicts[0]) == "3 jobs lost, unknown: sessions lost"


def test_an_unexpected_verdict_is_marked(tmp_path: Path) -> None:
    record(tmp_path, "5.1", "documented", "REFUTED")
    assert "| REFUTED, expected CONFIRMED |" in markdown(collect(tmp_path), tmp_path)


def test_another_time_scale_is_left_out_and_named(tmp_path: Path) -> None:
    record(tmp_path, "1.4", "documented", "CONFIRMED", at="2026-11-22T06:00:00Z", time_scale=10)
    record(tmp_path, "5.1", "documented", "CONFIRMED")
    run = collect(tmp_path)
    assert [v.cause for v in run.verdicts] == ["5.1"]
    assert "drills/1.4-documented: left out, because it was recorded at time scale 10" in run.notes[0]


def test_a_drill_that_was_never_judged_does_not_count(tmp_path: Path) -> None:
    record(tmp_path, "5.1", "documented", "CONFIRMED")
    leak(tmp_path / "drills/4.2-documented")
    run = collect(tmp_path)
    assert run.standing("4.2") is None
    assert run.problems == ("drills/4.2-documented: the drill was never judged: it has a history but no verdict.json.",)


def test_a_verdict_whose_evidence_is_broken_does_not_count(tmp_path: Path) -> None:
    record(tmp_path, "5.1", "documented", "CONFIRMED")
    broken = record(tmp_path, "4.2", "documented", "CONFIRMED") / "history.jsonl"
    broken.write_text(broken.read_text() + "oops\n")
    run = collect(tmp_path)
    assert [v.cause for v in run.verdicts] == ["5.1"]
    assert "expected a JSON object, found 'oops'" in run.problems[0]


def test_without_coverage_the_total_is_not_claimed(tmp_path: Path) -> None:
    record(tmp_path, "5.1", "documented", "CONFIRMED")
    run = collect(tmp_path)
    assert summary(run).startswith("Of the 1 causes recorded here, 1 drilled")
    assert "it is unknown which causes have no drill" in run.notes[0]


def test_nothing_recorded_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="expected a judged drill, found none; run the drills first"):
        collect(tmp_path)


def test_the_metrics_are_prometheus_text(run: Run) -> None:
    lines = exposition(run).splitlines()
    assert 'drill_verdict{cause="5.1",arm="documented",verdict="CONFIRMED"} 1' in lines
    assert 'drill_ttd_seconds{cause="5.1",arm="documented"} 14.2' in lines
    assert 'drill_losses{cause="5.1",arm="placebo",kind="jobs"} 0' in lines
    assert not [line for line in lines if line.startswith('drill_ttr_seconds{cause="5.1",arm="placebo"')]


def test_the_files_are_replaced_whole(run: Run, tmp_path: Path) -> None:
    paths = write_verification(run, tmp_path)
    assert [path.name for path in paths] == ["verification.json", "verification.md", "metrics.prom"]
    assert json.loads(paths[0].read_text()) == as_json(run)
    assert not list(tmp_path.glob(".*"))


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = write_text(tmp_path / "file", "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \ud800")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
