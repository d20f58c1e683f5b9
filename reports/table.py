"""The verification table in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from reports import words
from reports.collect import ARMS, UNPROVEN

if TYPE_CHECKING:
    from rich.console import Console

    from reports.collect import Cause, Run

COLOURS = {
    "CONFIRMED": "green",
    "CONFIRMED_WITH_LOSS": "yellow",
    "REFUTED": "red",
    "SPONTANEOUS": "yellow",
    "INVALID": "magenta",
    "UNKNOWN": "magenta",
    "DIRTY": "magenta",
    UNPROVEN: "yellow",
}


def show(run: Run, console: Console) -> None:
    """Print the table, the summary and what does not count."""
    table = Table(header_style="bold")
    for heading in ("Cause", "Verdict", "Detected", "Recovered", "Action", "Losses", "Placebo"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "Verdict")
    for cause in run.causes:
        table.add_row(*_cells(run, cause))
    console.print(table)
    console.print(escape(words.summary(run)), highlight=False)
    for problem in (*run.problems, *run.notes):
        console.print(f"Not counted: {escape(problem)}", highlight=False, style="yellow")


def _cells(run: Run, cause: Cause) -> list[str]:
    verdict = run.of(cause.id, ARMS[0])
    name = escape(f"{cause.id} {cause.name}")
    if verdict is None:
        return [name, "[dim]not drilled", *[words.NOTHING] * 4, words.placebo(run, cause.id)]
    colour = COLOURS[run.standing(cause.id) or verdict.verdict]
    return [
        name,
        f"[{colour}]{words.standing(run, verdict, between=chr(10))}",
        words.seconds(verdict.ttd_s),
        words.seconds(verdict.ttr_s),
        words.action(verdict),
        words.losses(verdict),
        words.placebo(run, cause.id),
    ]
