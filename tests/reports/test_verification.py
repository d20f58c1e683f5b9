"""The verification table says what was judged, and never more."""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from drills.common.files import write_text
from drills.record.format import RecordError
from drills.reports.collect import collect
from drills.reports.phrases import diagnosis, durability, losses, summary
from drills.reports.terminal_table import show
from drills.reports.verification import as_json, exposition, write_verification
from drills.reports.verification_page import verification_page
from tests.helpers.losses import KINDS
from tests.helpers.losses import losses as losses_of
from tests.helpers.report_samples import RUNBOOK, judged, leak

if TYPE_CHECKING:
    from pathlib import Path

    from drills.reports.collect import Run


def record(output: Path, cause_id: str, arm: str, verdict: str, **changes: Any) -> Path:
    folder = output / "drills" / f"{cause_id}-{arm}"
    leak(folder, cause=cause_id, arm=arm, **({"at": changes.pop("at")} if "at" in changes else {}))
    return judged(folder, cause=cause_id, arm=arm, verdict=verdict, **changes)


def covered(output: Path, *causes: str, drilled: tuple[str, ...] = ()) -> None:
    listed = [{"id": cause, "incident": f"Incident {cause[0]}", "cause": f"Cause {cause}"} for cause in causes]
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
        "action_s": 3.9, "documented_minutes": [2.0, 2.0], "losses": dict.fromkeys(KINDS.values(), 0),
        "commands": [{"line": 321, "text": "docker-compose restart backend", "exit": 0, "seconds": 3.9}],
        "evidence": "drills/5.1-documented",
        "evidence_strength": None, "watch": None, "settled_s": None,
    }  # fmt: skip
    assert (placebo["arm"], placebo["ttr_s"]) == ("placebo", None)


STRENGTHS = [
    ({"p": 2e-9, "needed": True}, "p below 0.001, 79 of 163 failed before, 0 of 80 after"),
    ({"p": 0.7, "needed": True}, "p = 0.7, 79 of 163 failed before, 0 of 80 after"),
    ({"p": None, "needed": True}, "unknown: failed requests were not counted"),
    ({"p": None, "needed": False}, "none needed"),
]


@pytest.mark.parametrize(("facts", "said"), STRENGTHS)
def test_the_page_says_how_strong_the_evidence_is(tmp_path: Path, facts: dict[str, Any], said: str) -> None:
    counts = {"failed_before": 79, "sent_before": 163, "failed_after": 0, "sent_after": 80}
    record(tmp_path, "5.1", "documented", "CONFIRMED", evidence_strength=counts | facts)
    run = collect(tmp_path)
    assert f"| {said} | [documented]" in verification_page(run, tmp_path)
    assert as_json(run)["rows"][0]["evidence_strength"] == counts | facts | {"counted": "failed"}


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
    page = verification_page(run, tmp_path)
    assert "- 5.2 Cause 5.2 (has a drill, but no verdict here)\n- 5.3 Cause 5.3\n" in page
    assert "| 5.3" not in page


def test_the_page_shows_command_lines_and_evidence(run: Run, tmp_path: Path) -> None:
    page = verification_page(run, tmp_path)
    assert "- line 321, exit 0, 3.9 s" in page
    assert "  docker-compose restart backend\n" in page
    assert "[documented](drills/5.1-documented/), [placebo](drills/5.1-placebo/)" in page


def test_a_chart_is_shown_once_it_is_drawn(run: Run, tmp_path: Path) -> None:
    assert "chart.png" not in verification_page(run, tmp_path)
    (tmp_path / "drills/5.1-documented/chart.png").touch()
    assert "(drills/5.1-documented/chart.png)" in verification_page(run, tmp_path)


def test_text_of_a_record_cannot_break_the_page(tmp_path: Path) -> None:
    command = {"line": 1, "text": "echo ```; true", "exit": None, "seconds": None}
    record(tmp_path, "5.1", "documented", "CONFIRMED", cause_name="a|b", reason="<b>*", commands=[command])
    page = verification_page(collect(tmp_path), tmp_path)
    assert "| 5.1 a\\|b |" in page
    assert "\\<b\\>\\*" in page
    assert "  ````console\n  echo ```; true\n  ````" in page


def test_the_original_row_stands_below_the_one_that_corrects_it(tmp_path: Path) -> None:
    for arm, verdict in (("placebo", "REFUTED"), ("original", "CONFIRMED_WITH_LOSS"), ("documented", "CONFIRMED")):
        record(tmp_path, "5.1", arm, verdict, expected_verdict=verdict)
    run = collect(tmp_path)
    assert [row["arm"] for row in as_json(run)["rows"]] == ["documented", "original", "placebo"]
    first, second = [line for line in verification_page(run, tmp_path).splitlines() if line.startswith("| ")][2:]
    assert first.startswith("| 5.1 Connection leak in code | CONFIRMED | ")
    assert second.startswith("| ↳ 5.1 as first documented | CONFIRMED_WITH_LOSS | ")
    assert second.endswith("| [original](drills/5.1-original/) |")
    assert summary(run).startswith("Of the 1 causes recorded here, 1 drilled: 1 CONFIRMED; 0 not drilled.")


def test_the_original_row_is_shown_in_the_terminal_too(tmp_path: Path) -> None:
    record(tmp_path, "5.1", "original", "REFUTED", expected_verdict="REFUTED", ttr_s=None)
    console = Console(width=200, record=True, file=StringIO())
    show(collect(tmp_path), console)
    assert re.search("5.1 Connection leak in code +not drilled", text := console.export_text())
    assert re.search("↳ as first documented +REFUTED +14.2 s", text)


def test_an_unknown_arm_is_refused(tmp_path: Path) -> None:
    record(tmp_path, "5.1", "documented", "CONFIRMED")
    record(tmp_path, "5.1", "other", "CONFIRMED")
    assert 'expected "arm" to be one of documented, original, placebo' in collect(tmp_path).problems[0]


CURE = {"verdict": "cure", "load": "held", "restart": "held"}


@pytest.mark.parametrize(
    ("verdict", "durability", "cell"),
    [
        ("CONFIRMED", CURE, "cure"),
        ("CONFIRMED", CURE | {"verdict": "relief"}, "relief"),
        ("CONFIRMED", CURE | {"verdict": "unknown"}, "—"),
        ("CONFIRMED", None, "—"),
        ("REFUTED", CURE | {"verdict": "relief"}, "—"),
    ],
)
def test_cure_and_relief_are_told_apart(tmp_path: Path, verdict: str, durability: Any, cell: str) -> None:
    record(tmp_path, "5.1", "documented", verdict, expected_verdict=verdict, durability=durability)
    record(tmp_path, "5.1", "placebo", "REFUTED")
    page = verification_page(collect(tmp_path), tmp_path)
    assert f"| 5.1 Connection leak in code | {verdict} | {cell} | " in page


def test_what_was_seen_after_the_recovery_is_said(tmp_path: Path) -> None:
    record(tmp_path, "5.1", "documented", "CONFIRMED", durability=CURE | {"restart": "not at its target"})
    found = collect(tmp_path)
    expected = "cure; the same load again: held; after a restart of the service: not at its target"
    assert durability(found.verdicts[0]) == expected
    assert f"- Lasting: {expected}\n" in verification_page(found, tmp_path)
    assert metric(found, "drill_lasting", cause="5.1", arm="documented", lasting="cure") == 1


SYMPTOM = {
    "command": "docker stats",
    "pattern": "OOM",
    "change": "grows",
    "line": 7,
    "proved": True,
    "normal": "5",
    "abnormal": "53",
}


@pytest.mark.parametrize(
    ("symptom", "said"),
    [
        (SYMPTOM, "it grows, 5 before, 53 during the fault: this proves the diagnosis"),
        (SYMPTOM | {"proved": False}, "expected that it grows, found 5 before, 53 during the fault: no reading proved"),
        (SYMPTOM | {"proved": None}, "the reading was not taken, so nothing proved the diagnosis"),
    ],
)
def test_the_page_says_which_reading_proved_the_diagnosis(tmp_path: Path, symptom: Any, said: str) -> None:
    record(tmp_path, "5.1", "documented", "CONFIRMED", symptom=symptom)
    found = collect(tmp_path)
    assert diagnosis(found.verdicts[0]).startswith(said)
    assert f"- Diagnosis by `docker stats`: {said}" in verification_page(found, tmp_path)


@pytest.mark.parametrize(("scale", "said"), [(60, "60 times shorter than documented"), (1, "at its documented length")])
def test_the_page_says_what_of_a_time_is_scaled(tmp_path: Path, scale: float, said: str) -> None:
    record(tmp_path, "5.1", "documented", "CONFIRMED", time_scale=scale)
    assert said in verification_page(collect(tmp_path), tmp_path)


def test_losses_that_were_not_measured_are_called_unknown(tmp_path: Path) -> None:
    lost = losses_of(jobs=None, rows=3, sessions=None)
    record(tmp_path, "5.1", "documented", "CONFIRMED", losses=lost)
    assert losses(collect(tmp_path).verdicts[0]) == "3 rows lost, unknown: jobs lost, sessions lost"


def test_an_unexpected_verdict_is_marked(tmp_path: Path) -> None:
    record(tmp_path, "5.1", "documented", "REFUTED")
    assert "| REFUTED, expected CONFIRMED |" in verification_page(collect(tmp_path), tmp_path)


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


def metric(run: Run, name: str, **labels: str) -> float | None:
    """Return the value of one sample as Prometheus reads it, or None where there is no such sample."""
    families = {family.name: family for family in text_string_to_metric_families(exposition(run))}
    values = [sample.value for sample in families[name].samples if sample.labels == labels]
    assert len(values) <= 1
    return values[0] if values else None


def test_the_metrics_are_prometheus_text(run: Run) -> None:
    documented, placebo = ({"cause": "5.1", "arm": arm} for arm in ("documented", "placebo"))
    assert metric(run, "drill_verdict", **documented, verdict="CONFIRMED") == 1
    assert metric(run, "drill_ttd_seconds", **documented) == 14.2
    assert metric(run, "drill_losses", **placebo, kind="jobs lost") == 0
    assert metric(run, "drill_ttr_seconds", **placebo) is None


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


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"kept": True, "judged": True, "seen": "it was 0"}, "Promised, line 9, `all is well`: kept: it was 0"),
        ({"kept": False, "judged": True, "seen": "it was 7"}, "not kept: it was 7"),
        ({"kept": None, "judged": True, "seen": "no data"}, "not seen: no data"),
        (
            {"kept": None, "judged": False, "seen": "no figure", "place": "symptom"},
            "Gone again, line 9, `all is well`: not",
        ),
    ],
)
def test_promises_are_told_with_what_came_of_them(tmp_path: Path, facts: dict[str, Any], line: str) -> None:
    promise = {"text": "all is well", "line": 9, "place": "verification"} | facts
    record(tmp_path, "5.1", "documented", "CONFIRMED", promises=[promise])
    write_verification(collect(tmp_path), tmp_path)
    assert line in (tmp_path / "verification.md").read_text(encoding="utf-8")
