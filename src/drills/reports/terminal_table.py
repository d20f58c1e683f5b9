"""The verification table in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from drills.common.visible import visible
from drills.record.verdicts import DOCUMENTED, ORIGINAL
from drills.reports import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.collect import Cause, Run

COLOURS = {
    "CONFIRMED": "green",
    "CONFIRMED_WITH_LOSS": "yellow",
    "REFUTED": "red",
    "NOT RUN": "magenta",
    "SPONTANEOUS": "yellow",
    "INVALID": "magenta",
    "UNKNOWN": "magenta",
    "DIRTY": "magenta",
    "UNPROVEN": "yellow",
}
COLUMNS = ("Cause", "Verdict", "TTD", "TTR", "Time", "Losses", "Placebo")


def show(run: Run, console: Console) -> None:
    """Print the table, the summary and what does not count."""
    table = Table(header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in COLUMNS:
        table.add_column(heading, overflow="fold", no_wrap=heading == "Verdict")
    for cause in run.causes:
        for cells in _rows(run, cause):
            table.add_row(*cells)
    console.print(table)
    console.print(escape(visible(phrases.summary(run))), highlight=False)
    for problem in (*run.problems, *run.notes):
        console.print(f"Not counted: {escape(visible(problem))}", highlight=False, style="yellow")


def _rows(run: Run, cause: Cause) -> Iterator[list[str]]:
    """Yield the row of *cause*, and below it the one of its solution as first documented."""
    solution, original = run.of(cause.id, DOCUMENTED), run.of(cause.id, ORIGINAL)
    yield [escape(visible(f"{cause.id} {cause.name}")), *_cells(run, solution), phrases.placebo(run, cause.id)]
    if original:
        yield [f"[dim]↳ {phrases.AS_FIRST}", *_cells(run, original), ""]


def _cells(run: Run, solution: ArmVerdict | None) -> list[str]:
    if solution is None:
        return ["[dim]not drilled", *[phrases.NEVER] * 4]
    colour = COLOURS[run.standing(solution.cause, solution.arm) or solution.verdict]
    lasting = [phrases.lasting(solution)] if phrases.lasting(solution) != phrases.NEVER else []
    lines = [*phrases.standing(run, solution, between="\n").split("\n"), *lasting]
    return [
        f"[{colour}]" + "\n".join(line.replace("expected ", "expected\n") for line in lines),
        phrases.seconds(solution.ttd_s),
        phrases.seconds(solution.ttr_s),
        phrases.documented(solution),
        phrases.losses(solution),
    ]
