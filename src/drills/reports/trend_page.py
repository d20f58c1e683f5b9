"""The trends of a history as Markdown, which a terminal can show as it is."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from drills.reports import phrases
from drills.reports.comparison import range_text
from drills.reports.markup import escape
from drills.reports.trend import earlier_times_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drills.reports.trend import Trend

HEADINGS = ("row", "runs", "verdicts, oldest first", "TTD", "TTR", "earlier TTR, s", "length", "changed")
SHOWN = 5
"""So many of the last verdicts are shown."""


def trend_page(trends: Sequence[Trend]) -> str:
    """Return a table with a line for each row, and below it a sentence for each thing that got worse."""
    lines = ["# Drills over time", "", f"| {' | '.join(HEADINGS)} |", "| " + " | ".join(["---"] * len(HEADINGS)) + " |"]
    lines += [f"| {' | '.join(map(escape, _cells(trend)))} |" for trend in trends]
    worse = [sentence for trend in trends for sentence in trend.worse]
    lines += ["", *(f"- Worse: {escape(sentence)}" for sentence in worse)]
    return "\n".join(lines if worse else [*lines, "No row is worse than before."]) + "\n"


def _cells(trend: Trend) -> list[str]:
    last = trend.last
    return [
        f"{trend.cause} {last.cause_name}",
        str(len(trend.lines)),
        _verdicts(trend),
        phrases.seconds(last.ttd_s),
        phrases.seconds(last.ttr_s),
        range_text(earlier_times_s(trend.lines[:-1], last, "ttr_s")),
        phrases.seconds(last.length_s),
        "yes" if trend.changed else "",
    ]


def _verdicts(trend: Trend) -> str:
    """Word the last verdicts, each run of the same ones once."""
    shown = [f"{line.verdict}{f' ({line.lasting})' if line.lasting else ''}" for line in trend.lines[-SHOWN:]]
    counted = [(word, len(list(those))) for word, those in groupby(shown)]
    return ", ".join(word if number == 1 else f"{number}× {word}" for word, number in counted)  # noqa: RUF001
