"""What Prometheus needs to say that the last drill is old, or that a verdict is not the expected one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.common.prometheus_text import Samples
    from drills.reports.collect import Run


def run_families(run: Run) -> Iterator[tuple[str, str, Samples]]:
    """Yield the gauges about the run as a whole, and the verdict that is expected of each arm."""
    at_s = datetime.fromisoformat(run.last_at).timestamp()
    yield "drill_run_timestamp_seconds", "When the last drill of the run began, in seconds since 1970.", [({}, at_s)]
    yield "drill_time_scale", "How many times shorter than documented the windows were.", [({}, run.time_scale)]
    commit = (run.coverage.commit if run.coverage else None) or ""
    labels = {"runbook": run.runbook.file, "sha256": run.runbook.sha256, "commit": commit}
    yield "drill_run_info", "Which edition of the runbook was drilled, at which commit: always 1.", [(labels, 1.0)]
    yield (
        "drill_expected_verdict",
        "The verdict that earlier runs established for an arm of a cause: always 1.",
        [({"cause": v.cause, "arm": v.arm, "verdict": v.expected_verdict}, 1.0) for v in run.verdicts],
    )
