"""Results are moved when they may stand, and never from under a process that still writes them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from drills.plugin.earlier_run import RESULTS, checks_left, drills_left, run_folder
from drills.plugin.results import Results
from drills.plugin.state import CHECKS_LEFT, DRILLS_LEFT, RUN_ID

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def results(tmp_path: Path) -> Results:
    stash = pytest.Stash()
    stash[RUN_ID] = "1"
    stash[DRILLS_LEFT] = drills_left(tmp_path, "1", {"scenarios"})
    stash[CHECKS_LEFT] = checks_left(tmp_path, "1", {"checks"})
    config = SimpleNamespace(stash=stash, option=SimpleNamespace(output=tmp_path))
    return Results(cast("Any", config))


def test_a_result_that_another_process_is_writing_stays_where_it_is(results: Results, tmp_path: Path) -> None:
    written = run_folder(tmp_path, "1") / RESULTS
    written.mkdir(parents=True)
    (written / "a-result.json").touch()
    (written / "b-result.json.tmp").touch()
    results.pytest_runtest_logreport(cast("Any", SimpleNamespace(user_properties=[])))
    assert [path.name for path in (tmp_path / RESULTS).iterdir()] == ["a-result.json"]
    assert [path.name for path in written.iterdir()] == ["b-result.json.tmp"]
