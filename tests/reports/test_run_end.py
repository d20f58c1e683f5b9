"""A run ends with its verdicts on one screen, what was not drilled and why, and what only relieves."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from drills.record.arm_verdict import ArmVerdict
from drills.record.head import Runbook
from drills.reports.collect import Cause, Coverage, Run
from drills.reports.run_end import COLUMNS, run_end, watched_s
from tests.helpers.report_samples import RUNBOOK, history, milestones, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ADAPTER: TypeAdapter[ArmVerdict] = TypeAdapter(ArmVerdict)
HEADLINES = ("1.2", "2.2", "3.1", "4.2", "5.1", "6.1", "7.1")
RELIEF = {"verdict": "relief", "load": "it came back", "restart": "not tried"}
STRENGTH = {"needed": True, "p": 1e-9, "failed_before": 40, "sent_before": 50, "failed_after": 0, "sent_after": 50}


def arm(cause: str, name: str = "documented", **facts: Any) -> ArmVerdict:
    word = "REFUTED" if name == "placebo" else "CONFIRMED"
    found = verdict(cause=cause, arm=name, **{"verdict": word, "expected_verdict": word, **facts})
    return ADAPTER.validate_json(json.dumps(found))


def a_run(*verdicts: ArmVerdict, causes: tuple[str, ...] = ()) -> Run:
    known = tuple(Cause(cause, "an incident", f"A long name of cause {cause}") for cause in causes)
    coverage = Coverage(known, frozenset(causes))
    return Run(60.0, Runbook(**RUNBOOK), verdicts, coverage, "", "", (), ())


def shown(run: Run, output: Path, not_drilled: Mapping[str, str] | None = None, columns: int = 80) -> str:
    return run_end(run, output, not_drilled or {}, columns=columns, colour=False, unicode=True)


def test_a_row_has_verdict_times_chance_placebo_and_whether_it_lasts(tmp_path: Path) -> None:
    history(tmp_path / "drills" / "5.1-placebo", *milestones(acted=10.0, watched=72.4))
    run = a_run(arm("5.1", durability=RELIEF, evidence_strength=STRENGTH), arm("5.1", "placebo"))
    text = shown(run, tmp_path, columns=120)
    row = next(line for line in text.splitlines() if line.startswith("5.1"))
    assert row.split("  ")[0] == "5.1 Connection leak in code"[: len(row.split("  ")[0])]
    for cell in ("CONFIRMED", "yes", "14 s", "10 s", "< 0.001", "stayed bad, 62 s", "relief"):
        assert cell in row
    assert "Only relieve, and the incident comes back: 5.1." in text


def test_another_verdict_than_the_expected_one_is_named(tmp_path: Path) -> None:
    text = shown(
        a_run(arm("5.1", verdict="UNKNOWN"), arm("5.1", "placebo", verdict="SPONTANEOUS")), tmp_path, columns=120
    )
    assert re.search(r"UNKNOWN +CONFIRMED ", text)
    assert "SPONTANEOUS" in text


def test_a_recovery_without_its_placebo_is_unproven(tmp_path: Path) -> None:
    text = shown(a_run(arm("5.1")), tmp_path, columns=120)
    assert re.search(r"UNPROVEN +CONFIRMED ", text)
    assert "not held" in text


def test_the_original_row_has_a_line_of_its_own(tmp_path: Path) -> None:
    run = a_run(
        arm("5.1"), arm("5.1", "original", verdict="REFUTED", expected_verdict="REFUTED"), arm("5.1", "placebo")
    )
    assert "5.1 as first documented" in shown(run, tmp_path, columns=120)


def test_causes_that_were_not_drilled_stand_by_their_reason(tmp_path: Path) -> None:
    run = a_run(arm("5.1"), arm("5.1", "placebo"), causes=("5.1", "5.2", "5.3", "6.1"))
    text = shown(run, tmp_path, {"5.2": "because it was not asked for", "6.1": "left out: no disk"}, columns=120)
    assert "Not drilled, because it was not asked for: 5.2." in text
    assert "Not drilled, left out: no disk: 6.1." in text


@pytest.mark.parametrize("columns", [80, 100])
def test_the_headline_drills_fit_on_one_screen(columns: int, tmp_path: Path) -> None:
    verdicts = [arm(cause, name) for cause in HEADLINES for name in ("documented", "placebo")]
    lines = shown(
        a_run(*verdicts, causes=HEADLINES), tmp_path, {"1.1": "because it was not asked for"}, columns
    ).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= columns
    assert lines[0].split() == list(COLUMNS)


def test_a_terminal_without_utf_8_gets_ascii(tmp_path: Path) -> None:
    run = a_run(arm("5.1", ttd_s=None), arm("5.1", "placebo"))
    text = run_end(run, tmp_path, {}, columns=40, colour=False, unicode=False)
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 40
    assert text.startswith("5.1 Connection leak in code: CONFIRMED,")


def test_a_placebo_without_a_record_was_watched_for_an_unknown_time(tmp_path: Path) -> None:
    assert watched_s(tmp_path, "5.1") is None
