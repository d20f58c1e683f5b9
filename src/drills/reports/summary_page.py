"""The verdicts as a short table in Markdown, for the summary of a CI job or a comment on a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drills.record.verdicts import DOCUMENTED, ORIGINAL
from drills.reports import phrases
from drills.reports.expected import in_words, is_expected
from drills.reports.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.collect import Run

HEADINGS: Final = ("row", "verdict", "as expected", "TTD", "TTR", "losses", "placebo", "lasts")


def summary_page(run: Run) -> str:
    """Return what is not as expected first, then a line for each solution that was drilled."""
    unexpected = [in_words(verdict) for verdict in run.verdicts if not is_expected(verdict)]
    lines = ["## Drills", "", escape(phrases.summary(run)), ""]
    lines += [f"- **Unexpected:** {escape(sentence)}" for sentence in unexpected]
    lines += [f"- **Not counted:** {escape(problem)}" for problem in run.problems]
    lines += [""] if unexpected or run.problems else []
    lines += [f"| {' | '.join(HEADINGS)} |", "| " + " | ".join(["---"] * len(HEADINGS)) + " |"]
    lines += [f"| {' | '.join(map(escape, cells))} |" for cells in _rows(run)]
    return "\n".join(lines) + "\n"


def _rows(run: Run) -> Iterator[list[str]]:
    for cause in run.causes:
        solution, original = run.of(cause.id, DOCUMENTED), run.of(cause.id, ORIGINAL)
        if solution:
            beside = phrases.placebo(run, cause.id)
            yield [f"{cause.id} {cause.name}", *_cells(run, solution), beside, phrases.lasting(solution)]
        if original:
            yield [f"{cause.id} {phrases.AS_FIRST}", *_cells(run, original), "", ""]


def _cells(run: Run, solution: ArmVerdict) -> list[str]:
    return [
        run.standing(solution.cause, solution.arm) or str(solution.verdict),
        "yes" if is_expected(solution) else f"no: {solution.expected_verdict}",
        phrases.seconds(solution.ttd_s),
        phrases.seconds(solution.ttr_s),
        phrases.losses(solution),
    ]
