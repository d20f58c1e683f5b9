"""End a run of drills in the terminal: its verdicts on one screen, what was not drilled, what only relieves."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich.box import ASCII2, SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from drills.common.screen import ascii_only
from drills.record.durability import RELIEF
from drills.record.format import RecordError
from drills.record.reader import read
from drills.record.verdicts import DOCUMENTED, ORIGINAL, PLACEBO
from drills.reports import phrases
from drills.reports.phrases import NEVER
from drills.reports.terminal_table import COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.collect import Cause, Run

COLUMNS = ("Cause", "Verdict", "Expected", "TTD", "TTR", "Chance", "Placebo", "Lasts")
"""TTD and TTR in seconds; the chance is how likely such a recovery is without a cure."""
WIDTH = 100
"""Where no terminal says how wide it is."""
NAMED = 12
"""A cause's number and name have at least so many characters: where less is left, each row is a sentence instead."""
GAP = 2
"""Characters between two columns."""


def run_end(  # noqa: PLR0913 - what is shown, and what the terminal can show
    run: Run, output: Path, not_drilled: Mapping[str, str], *, columns: int | None, colour: bool, unicode: bool
) -> str:
    """Return the table of the *run* recorded in *output*, and under it the sentences that a person has to know.

    *not_drilled* has the reason for each cause that has no verdict.
    """
    text = StringIO()
    console = Console(
        file=text, width=columns or WIDTH, force_terminal=colour, color_system="standard" if colour else None
    )
    rows = [cells for cause in run.causes for cells in _rows(run, output, cause)]
    named = console.width - sum(_widest(rows, column) + GAP for column in range(1, len(COLUMNS)))
    if named < NAMED:
        for row in rows:
            console.print(_in_words(row), highlight=False)
    else:
        console.print(_table(rows, named, unicode=unicode))
    for sentence in _sentences(run, not_drilled):
        console.print(escape(sentence), highlight=False)
    return text.getvalue() if unicode else ascii_only(text.getvalue())


def watched_s(output: Path, cause: str) -> float | None:
    """Return for how many seconds the placebo of *cause* was watched; None where no record says so."""
    try:
        history = read(output / "drills" / f"{cause}-{PLACEBO}")
    except RecordError:
        return None
    acted, watched = history.milestone("acted"), history.milestone("watched")
    return None if acted is None or watched is None else watched - acted


def _widest(rows: Iterable[list[str]], column: int) -> int:
    return max(len(COLUMNS[column]), *(Text.from_markup(row[column]).cell_len for row in rows))


def _table(rows: Iterable[list[str]], named: int, *, unicode: bool) -> Table:
    table = Table(box=SIMPLE_HEAD if unicode else ASCII2, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for heading in COLUMNS:
        first = heading == COLUMNS[0]
        table.add_column(heading, no_wrap=True, max_width=named if first else None, overflow="ellipsis")
    for cells in rows:
        table.add_row(*cells)
    return table


def _in_words(row: Iterable[str]) -> str:
    cause, verdict, expected, *rest = row
    told = [f"{heading} {cell}" for heading, cell in zip(COLUMNS[3:], rest, strict=True) if cell not in ("", NEVER)]
    return ", ".join([f"{cause}: {verdict}", f"expected {expected}", *told])


def _rows(run: Run, output: Path, cause: Cause) -> Iterator[list[str]]:
    """Yield a row for each solution of *cause* that was tried, or one for a placebo that was held alone."""
    solution, original, placebo = (run.of(cause.id, arm) for arm in (DOCUMENTED, ORIGINAL, PLACEBO))
    beside = _placebo(placebo, watched_s(output, cause.id))
    if solution or (placebo and not original):
        yield [escape(f"{cause.id} {cause.name}"), *_cells(run, solution), beside, _lasts(solution)]
    if original:
        yield [escape(f"{cause.id} {phrases.AS_FIRST}"), *_cells(run, original), beside if not solution else "", ""]


def _cells(run: Run, solution: ArmVerdict | None) -> list[str]:
    if solution is None:
        return ["[dim]placebo alone[/]", *[NEVER] * 4]
    verdict = run.standing(solution.cause, solution.arm) or solution.verdict
    return [
        f"[{COLOURS[verdict]}]{verdict}[/]",
        "yes" if verdict == solution.expected_verdict else str(solution.expected_verdict),
        _seconds(solution.ttd_s),
        _seconds(solution.ttr_s),
        _chance(solution),
    ]


def _lasts(solution: ArmVerdict | None) -> str:
    return NEVER if solution is None else phrases.lasting(solution)


def _seconds(value_s: float | None) -> str:
    return NEVER if value_s is None else f"{value_s:.0f} s"


def _chance(solution: ArmVerdict) -> str:
    found = solution.evidence_strength
    if found is None:
        return NEVER
    if not found.needed:
        return "none"
    if found.p is None:
        return "unknown"
    return f"< {phrases.PLAIN:g}" if found.p < phrases.PLAIN else f"{found.p:.2g}"


def _placebo(placebo: ArmVerdict | None, seen_s: float | None) -> str:
    if placebo is None:
        return "not held"
    word = "stayed bad" if placebo.verdict == placebo.expected_verdict else str(placebo.verdict)
    return word if seen_s is None else f"{word}, {seen_s:.0f} s"


def _sentences(run: Run, not_drilled: Mapping[str, str]) -> Iterator[str]:
    yield phrases.summary(run)
    relief = [v.cause for v in run.verdicts if v.arm == DOCUMENTED and phrases.lasting(v) == RELIEF]
    if relief:
        yield f"Only relieve, and the incident comes back: {', '.join(relief)}."
    reasons: dict[str, list[str]] = {}
    for cause, reason in not_drilled.items():
        reasons.setdefault(reason, []).append(cause)
    for reason, causes in reasons.items():
        yield f"Not drilled, {reason}: {', '.join(causes)}."
