"""The documented time against the measured one: one rule, applied only to a recovery that the solution brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from drills.common.wording import minutes
from drills.record.arm_verdict import read_verdict
from drills.reports.phrases import documented, time
from drills.reports.times import judge_time, timing
from tests.helpers.report_samples import judged

if TYPE_CHECKING:
    from pathlib import Path

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.times import Minutes


def verdict(folder: Path, **changes: Any) -> ArmVerdict:
    return read_verdict(judged(folder, **changes))


@pytest.mark.parametrize(
    ("measured_s", "minutes", "judgement", "proposed"),
    [
        (120.0, (2, 2), "within", None),
        (120.1, (2, 2), "longer", (3, 3)),
        (301.0, (3, 5), "longer", (3, 6)),
        (300.0, (3, 5), "within", None),
        (40.0, (2, 2), "within", None),
        (39.9, (2, 2), "faster", None),
        (59.9, (3, 5), "faster", None),
        (60.0, (3, 5), "within", None),
        (0.1, (0, 0), "within", None),
        (60.0, (0, 0), "within", None),
        (61.0, (0, 0), "longer", (2, 2)),
    ],
)
def test_the_rule(measured_s: float, minutes: Minutes, judgement: str, proposed: Minutes | None) -> None:
    found = judge_time(measured_s, minutes)
    assert (found.judgement, found.proposed) == (judgement, proposed)


def test_a_proposed_time_would_have_been_enough() -> None:
    for measured_s in (60.1, 119.9, 120.1, 3601.0):
        proposed = judge_time(measured_s, (1, 1)).proposed
        assert proposed
        assert judge_time(measured_s, proposed).judgement == "within"


@pytest.mark.parametrize(("ttr_s", "action_s", "measured_s"), [(9.5, 3.9, 9.5), (2.0, 8.0, 8.0)])
def test_the_recovery_contains_the_action_so_the_later_of_both_counts(
    tmp_path: Path, ttr_s: float, action_s: float, measured_s: float
) -> None:
    found = timing(verdict(tmp_path, ttr_s=ttr_s, action_s=action_s))
    assert found
    assert found.measured_s == measured_s


@pytest.mark.parametrize(
    "changes",
    [
        {"ttr_s": None},
        {"action_s": None},
        {"verdict": "UNKNOWN"},
        {"verdict": "SPONTANEOUS"},
        {"verdict": "INVALID"},
        {"verdict": "REFUTED"},
    ],
)
def test_what_did_not_recover_by_the_solution_is_not_timed(tmp_path: Path, changes: dict[str, Any]) -> None:
    found = verdict(tmp_path, **changes)
    assert timing(found) is None
    assert documented(found) == "2 min, not timed"
    assert "not timed" in time(found)


def test_a_solution_that_came_too_late_is_timed(tmp_path: Path) -> None:
    late = verdict(tmp_path, verdict="REFUTED", ttr_s=200.0)
    assert documented(late) == "2 min, wrong: propose 4 min"
    assert "longer than documented, propose 4 min" in time(late)


def test_a_fast_solution_leaves_the_document_its_margin(tmp_path: Path) -> None:
    fast = verdict(tmp_path)
    assert documented(fast) == "2 min, faster"
    assert "faster than documented here; the document may keep its margin" in time(fast)


@pytest.mark.parametrize(("span", "text"), [((0, 0), "Immediate"), ((2, 2), "2 min"), ((5, 10), "5–10 min")])  # noqa: RUF001
def test_minutes_read_as_in_the_runbook(span: Minutes, text: str) -> None:
    assert minutes(span) == text
