"""A test module whose drill holds a record that is made up: judged, or interrupted before its verdict."""

from __future__ import annotations

HELD = """
import json
from types import SimpleNamespace

import pytest

from drills.drill.experiment import held
from drills.record.experiment_verdict import rejudge
from drills.record.arm_verdict import write_verdict
from drills.record.judge import Judgement
from drills.record.verdicts import Verdict
from tests.helpers.histories import documented, written

@pytest.fixture(scope="session")
def sandbox_pool():
    return SimpleNamespace(system=lambda: None, replace=lambda: None, secrets=())

@pytest.mark.drill("5.1")
def test_leak(run_drill, pytestconfig):
    experiment = run_drill.experiment
    folder = experiment.records.output / "drills" / "5.1-documented"
    before = (folder / "history.jsonl").read_text()

    def hold(system, beside):
        written(beside, documented(cause="5.1"))
        {ends}
        write_verdict(beside, rejudge([beside]).verdicts[beside])
        assert (folder / "history.jsonl").read_text() == before
        return Judgement(Verdict.CONFIRMED, "as told")

    held(experiment.sandboxes, experiment.records, folder, hold)
    assert (folder / "history.jsonl").read_text() != before
"""
JUDGED = HELD.replace("{ends}", "")
INTERRUPTED = HELD.replace("{ends}", "raise KeyboardInterrupt")
