"""Each cause without a verdict has the reason why it was not drilled."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from drills.plugin.run_end import RunEnd
from drills.record.head import Runbook
from drills.reports.collect import Cause, Coverage, Run
from tests.helpers.report_samples import RUNBOOK

if TYPE_CHECKING:
    from pathlib import Path

CAUSES = ("5.1", "5.2", "5.3", "5.4")
RUN = Run(
    60.0,
    Runbook(**RUNBOOK),
    (),
    Coverage(tuple(Cause(cause, "5", "a cause") for cause in CAUSES), frozenset(CAUSES[:3])),
    "",
    "",
    (),
    (),
)


def report(cause: str, outcome: str, reason: str = "") -> Any:
    longrepr = ("test_incident_5.py", 1, f"Skipped: {reason}") if outcome == "skipped" else None
    return SimpleNamespace(
        user_properties=[("drill", cause)],
        skipped=outcome == "skipped",
        failed=outcome == "failed",
        longrepr=longrepr,
    )


@pytest.mark.parametrize(
    ("interrupted", "whole", "not_run", "no_drill"),
    [
        (False, True, "because it was not asked for", "because it has no drill"),
        (True, True, "because the run was interrupted", "because it has no drill"),
        (False, False, "because it was not asked for", "because no test that was named drills it"),
    ],
)
def test_every_cause_without_a_verdict_has_a_reason(
    interrupted: bool,  # noqa: FBT001 - a value of the table
    whole: bool,  # noqa: FBT001
    not_run: str,
    no_drill: str,
    tmp_path: Path,
) -> None:
    end = RunEnd(tmp_path, "")
    end.pytest_runtest_logreport(report("5.1", "skipped", "5.1 left out: the stack does not measure it"))
    end.pytest_runtest_logreport(report("5.2", "failed"))
    assert end.not_drilled(RUN, interrupted=interrupted, whole=whole) == {
        "5.1": "left out: the stack does not measure it",
        "5.2": "because it failed before an arm was judged",
        "5.3": not_run,
        "5.4": no_drill,
    }
