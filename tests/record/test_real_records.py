"""Records of real drills: each is judged as on the day of its drill, and no alteration of one is confirmed.

In `tests/data/records` are arms of four rows, without their ledgers, and with the outputs shortened that prove nothing.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from drills.record.arm_verdict import read_verdict
from drills.record.experiment_verdict import arm_folders, rejudge
from drills.record.reader import FILE
from drills.record.verdicts import Verdict
from tests.helpers.forgeries import essential
from tests.helpers.histories import drop, judged, written
from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.helpers.histories import Story

RECORDS = ROOT / "tests" / "data" / "records"
FOLDERS = {folder.name: folder for folder in arm_folders(RECORDS)}
DOCUMENTED = [name for name in FOLDERS if name.endswith("documented")]
LIMIT_KIB = 400
HARMLESS = {
    "drop check .* (steady|recover|settled)": "of the checks, those that are left say the same of the system",
    ".* check alertmanager detect.*": "the alert itself is judged, not whom it reached",
    ".* command verify.*": "an incident may have no verification commands; a failed one refutes",
    "(falsify|contradict) command diagnose .* {'exit': 1}": "a reading is judged by its output",
    "falsify command diagnose normal {'output': 'PONG'}": "a reading that appears is not there before either way",
    "contradict second channel abnormal .*": "one reading that shows the incident is enough",
    "swap milestone watched with milestone settled": "both are one moment where all was as before at once",
    "falsify command resolve {'output': 'PONG'}": "a command of the solution is judged by its exit code",
}
"""Alterations that may be confirmed, as a pattern of their names, each with the reason."""


def story(name: str) -> Story:
    """Return a real record as it was written."""
    return tuple(map(json.loads, (FOLDERS[name] / FILE).read_text(encoding="utf-8").splitlines()))


def test_there_are_records_of_every_kind_of_metric() -> None:
    assert len(DOCUMENTED) == len(FOLDERS) / 2 == 4
    assert sum(path.stat().st_size for path in RECORDS.rglob("*.*")) < LIMIT_KIB * 1024


@pytest.mark.parametrize("name", FOLDERS)
def test_a_real_record_is_judged_as_on_its_day(name: str, tmp_path: Path) -> None:
    cause, _, _ = name.rpartition("-")
    for arm in ("documented", "placebo"):
        written(tmp_path / f"{cause}-{arm}", story(f"{cause}-{arm}"))
    found, then = rejudge([tmp_path / name]).verdicts[tmp_path / name], read_verdict(FOLDERS[name])
    assert (found.verdict, found.ttd_s, found.ttr_s, found.action_s) == (
        then.verdict,
        then.ttd_s,
        then.ttr_s,
        then.action_s,
    )
    assert found.verdict is (Verdict.CONFIRMED if name in DOCUMENTED else Verdict.REFUTED)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_real_solution_without_its_placebo_is_unproven(name: str, tmp_path: Path) -> None:
    written(tmp_path, story(name))
    assert rejudge([tmp_path]).verdicts[tmp_path].verdict is Verdict.UNPROVEN


@pytest.mark.parametrize("kind", ["key metric", "instruments"])
@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_real_recovery_without_a_look_at_all_else_is_unknown(name: str, kind: str) -> None:
    assert judged(drop(story(name), kind)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("name", DOCUMENTED)
def test_no_alteration_of_a_real_record_is_confirmed(name: str) -> None:
    altered = {forgery.name: forgery for forgery in essential(story(name))}
    confirmed = {each for each, forgery in altered.items() if judged(forgery.story).verdict is Verdict.CONFIRMED}
    excused = {each for each in confirmed if any(re.fullmatch(pattern, each) for pattern in HARMLESS)}
    assert judged(story(name)).verdict is Verdict.CONFIRMED
    assert len(altered) - len(excused) >= 150
    assert sorted(confirmed - excused) == []
