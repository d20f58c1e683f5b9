"""Compare several runs of the same drills: whether the verdicts are the same, and how far the times differ."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table

from drills.record.format import RecordError
from drills.record.verdicts import ARMS
from drills.reports import phrases
from drills.reports.collect import cause_order, collect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.collect import Run

ABSENT = "no verdict"
FEWEST = 2
WIDTH = 96
"""Characters that the table needs; a file or a narrow terminal gets as many, since a cropped figure cannot be read."""
TIMES = ("ttd_s", "ttr_s", "action_s")


@dataclass(frozen=True)
class ArmInRuns:
    """One arm of one cause in all runs, in the order of the folders; None in a run without its verdict."""

    cause: str
    arm: str
    verdicts: tuple[ArmVerdict | None, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The verdict of each run."""
        return tuple(v.verdict if v else ABSENT for v in self.verdicts)

    @property
    def same(self) -> bool:
        """Whether every run has a verdict on this arm, and always this one."""
        return len(set(self.names)) == 1

    def times(self, name: str) -> list[float]:
        """Return the seconds of one of TIMES, of the runs in which that moment came."""
        times_s = (getattr(v, name) for v in self.verdicts if v)
        return [time_s for time_s in times_s if time_s is not None]


@dataclass(frozen=True)
class Comparison:
    """Runs that may be compared: of one time scale and one edition of the runbook."""

    folders: tuple[Path, ...]
    arms: tuple[ArmInRuns, ...]

    @property
    def differing(self) -> list[ArmInRuns]:
        """The arms whose verdict is not the same in every run."""
        return [arm for arm in self.arms if not arm.same]


def compare_runs(folders: Sequence[Path]) -> Comparison:
    """Read the runs recorded in *folders*.

    Raises RecordError for fewer than two different folders, for one without a verdict or with a record that cannot
    be read, and for runs at different time scales or with different runbooks.
    """
    if len({folder.resolve() for folder in folders}) < len(folders) or len(folders) < FEWEST:
        raise RecordError("expected the output folders of two runs or more, each once.")
    runs = [_readable_run(folder) for folder in folders]
    _require_alike(folders, runs)
    judged = {(v.cause, v.arm) for run in runs for v in run.verdicts}
    ordered = sorted(judged, key=lambda key: (cause_order(key[0]), ARMS.index(key[1])))
    arms = (ArmInRuns(cause, arm, tuple(run.of(cause, arm) for run in runs)) for cause, arm in ordered)
    return Comparison(tuple(folders), tuple(arms))


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print a row for each arm, then each verdict that differs, with the folder it stands in."""
    console.width = max(console.width, WIDTH)
    table = Table(header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("Cause", "Arm", "Verdict", "TTD, s", "TTR, s", "Action, s"):
        table.add_column(heading, no_wrap=True, justify="right" if heading.endswith(" s") else "left")
    for arm in comparison.arms:
        verdict = arm.names[0] if arm.same else "[red]differs"
        table.add_row(arm.cause, arm.arm, verdict, *(range_text(arm.times(name)) for name in TIMES))
    console.print(table)
    console.print("Times are the median over the runs, with the lowest and the highest.", highlight=False)
    for arm in comparison.differing:
        for folder, name in zip(comparison.folders, arm.names, strict=True):
            console.print(f"{arm.cause} {arm.arm}: {name} in {folder}", highlight=False, markup=False, soft_wrap=True)
    console.print(conclusion(comparison), highlight=False)


def conclusion(comparison: Comparison) -> str:
    """Say in one sentence whether the runs agree."""
    causes = len({arm.cause for arm in comparison.arms})
    runs_and_arms = f"{len(comparison.folders)} runs, {causes} causes, {len(comparison.arms)} arms"
    different = len(comparison.differing)
    agreement = f"{different} with different verdicts" if different else "each has the same verdict in every run"
    return f"{runs_and_arms}: {agreement}."


def range_text(values_s: Sequence[float]) -> str:
    """Word the middle and the ends of *values_s*; a dash where the moment never came."""
    if not values_s:
        return phrases.NEVER
    return f"{median(values_s):.1f} ({min(values_s):.1f}–{max(values_s):.1f})"  # noqa: RUF001 - a range


def _readable_run(folder: Path) -> Run:
    run = collect(folder)
    if run.problems:
        raise RecordError(f"{folder}: {run.problems[0]}")
    return run


def _require_alike(folders: Sequence[Path], runs: Sequence[Run]) -> None:
    first = runs[0]
    for folder, run in zip(folders, runs, strict=True):
        if (run.time_scale, run.runbook.sha256) != (first.time_scale, first.runbook.sha256):
            raise RecordError(
                f"{folder}: recorded at time scale {run.time_scale:g} with runbook {run.runbook.sha256[:12]}, but "
                f"{folders[0]} at {first.time_scale:g} with {first.runbook.sha256[:12]}: these cannot be compared."
            )
