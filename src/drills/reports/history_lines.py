"""What a run adds to the history: one line for each row that it drilled, from its records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.format import RecordError
from drills.record.reader import read
from drills.record.verdicts import DOCUMENTED, ORIGINAL, PLACEBO
from drills.reports.collect import cause_order, collect
from drills.reports.history import FORMAT, Line

if TYPE_CHECKING:
    from pathlib import Path

    from drills.record.history import History
    from drills.reports.collect import Run


def lines_of(output: Path) -> list[Line]:
    """Return a line for each row of which a solution was drilled in the run recorded in *output*.

    Raises RecordError where nothing is recorded, or where a record cannot be read or does not bear out its verdict.
    """
    run = collect(output)
    if run.problems:
        raise RecordError(f"{output}: {run.problems[0]}")
    causes = sorted({v.cause for v in run.verdicts if v.arm != PLACEBO}, key=cause_order)
    return [_line(run, cause, _histories(run, cause, output)) for cause in causes]


def _histories(run: Run, cause: str, output: Path) -> list[History]:
    return [read(output / v.evidence) for v in run.verdicts if v.cause == cause]


def _line(run: Run, cause: str, histories: list[History]) -> Line:
    documented, original, placebo = (run.of(cause, arm) for arm in (DOCUMENTED, ORIGINAL, PLACEBO))
    any_arm = next(v for v in (documented, original) if v)
    first = min((history.head for history in histories), key=lambda head: head.at)
    return Line(
        format=FORMAT,
        run=first.run or f"at {first.at}",
        at=first.at,
        cause=cause,
        cause_name=any_arm.cause_name,
        verdict=documented.verdict if documented else None,
        expected=documented.expected_verdict if documented else None,
        lasting=documented.durability.verdict if documented and documented.durability else None,
        original=original.verdict if original else None,
        placebo=placebo.verdict if placebo else None,
        ttd_s=documented.ttd_s if documented else None,
        ttr_s=documented.ttr_s if documented else None,
        action_s=documented.action_s if documented else None,
        length_s=round(sum(history.end_s for history in histories), 1),
        losses={loss.kind: loss.count for loss in documented.losses} if documented else {},
        documented_minutes=any_arm.documented_minutes,
        time_scale=run.time_scale,
        runbook=run.runbook.sha256,
        commit=run.coverage.commit if run.coverage else None,
    )
