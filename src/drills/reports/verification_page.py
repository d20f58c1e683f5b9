"""The verification table as Markdown, for a person to read and sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.verdicts import DOCUMENTED, ORIGINAL, PLACEBO
from drills.reports import phrases as words
from drills.reports.collect import UNPROVEN, cause_order
from drills.reports.markup import code, fenced, image, link, row, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.collect import Run

COLUMNS = (
    "Cause", "Verdict", "Lasting", "Alert", "Time to detect", "Action", "Time to recover", "Documented time", "Losses",
    "Placebo", "Evidence",
)  # fmt: skip


def markdown(run: Run, output: Path) -> str:
    """Return the page; charts found under *output* are shown, links are relative to it."""
    blocks = [*_opening(run), _table(run), *_legend(run), *_missing(run), *_problems(run)]
    for verdict in run.verdicts:
        blocks += _section(run, verdict, output)
    return "\n\n".join(blocks) + "\n"


def _opening(run: Run) -> Iterator[str]:
    yield "# Verification of the incident runbook"
    yield f"**{words.summary(run)}**"
    scale = "windows at their documented length" if run.time_scale == 1 else f"windows {run.time_scale:g} times faster"
    when = run.first_at if run.first_at == run.last_at else f"{run.first_at} to {run.last_at}"
    yield (
        f"Drilled {when}, {scale}, thresholds as documented. Runbook {code(run.runbook.file)}, "
        f"SHA-256 {code(run.runbook.sha256)}."
    )


def _table(run: Run) -> str:
    drilled = sorted({v.cause for v in run.verdicts}, key=cause_order)
    rows = [row(COLUMNS), row(["---"] * len(COLUMNS))]
    return "\n".join(rows + [row(cells) for cause in drilled for cells in _rows(run, cause)])


def _rows(run: Run, cause: str) -> Iterator[list[str]]:
    """Yield the row of *cause*, and below it the one of its solution as first documented."""
    solution, original = run.of(cause, DOCUMENTED), run.of(cause, ORIGINAL)
    shown = solution or next(v for v in run.verdicts if v.cause == cause)
    yield [f"{cause} {shown.cause_name}", *_cells(run, shown, solution), words.placebo(run, cause), _links(run, cause)]
    if original:
        yield [f"↳ {cause} {words.AS_FIRST}", *_cells(run, shown, original), "", _links(run, cause, (ORIGINAL,))]


def _cells(run: Run, shown: ArmVerdict, solution: ArmVerdict | None) -> list[str]:
    if solution is None:
        return ["not drilled", words.NOTHING, shown.alert, *[words.NOTHING] * 5]
    return [
        words.standing(run, solution),
        words.lasting(solution),
        solution.alert,
        words.seconds(solution.ttd_s),
        words.seconds(solution.action_s),
        words.seconds(solution.ttr_s),
        words.documented(solution),
        words.losses(solution),
    ]


def _links(run: Run, cause: str, arms: Sequence[str] = (DOCUMENTED, PLACEBO)) -> str:
    found = (run.of(cause, arm) for arm in arms)
    return ", ".join(link(v.arm, f"{v.evidence}/") for v in found if v)


def _legend(run: Run) -> Iterator[str]:
    if any(run.standing(cause.id) == UNPROVEN for cause in run.causes):
        yield (
            f"{UNPROVEN}: the metric recovered after the solution, but no placebo stayed bad beside it, so the "
            "recovery may have come by itself."
        )
    if any(words.lasting(verdict) != words.NOTHING for verdict in run.verdicts):
        yield (
            "Lasting: after a cure the metric held its target under the same load again and after a restart of the "
            "service; a relief ended with one of the two, or before."
        )
    yield f"Time to recover counts from the first command. {words.compared(run)}"


def _missing(run: Run) -> Iterator[str]:
    """List the causes without a verdict, apart from those that passed: they are unknown, not fine."""
    if run.coverage is None:
        return
    open_causes = [cause for cause in run.causes if run.standing(cause.id) is None]
    if open_causes:
        yield "## Not yet drilled"
        yield "\n".join(
            f"- {text(cause.id)} {text(cause.name)}"
            + (" (has a drill, but no verdict here)" if cause.id in run.coverage.drilled else "")
            for cause in open_causes
        )


def _problems(run: Run) -> Iterator[str]:
    if run.problems or run.notes:
        yield "## Not counted"
        yield "\n".join(f"- {text(problem)}" for problem in (*run.problems, *run.notes))


def _section(run: Run, verdict: ArmVerdict, output: Path) -> Iterator[str]:
    yield f"## {text(verdict.cause)} {text(verdict.cause_name)}, {verdict.arm}: {verdict.verdict}"
    surprise = words.surprise(verdict)
    yield text(f"{verdict.reason.rstrip('.')}{' (' + surprise + ')' if surprise else ''}.")
    yield "\n".join(f"- {line}" for line in _facts(verdict))
    yield _commands(run, verdict)
    if chart := picture(run, verdict, output):
        yield image(f"The metric during drill {verdict.cause}, {verdict.arm}", chart)


def _facts(verdict: ArmVerdict) -> Iterator[str]:
    yield f"Incident {verdict.incident}, {text(verdict.incident_name)}; alert {code(verdict.alert)}"
    yield (
        f"Time to detect {words.seconds(verdict.ttd_s)}, action {words.seconds(verdict.action_s)}, "
        f"time to recover {words.seconds(verdict.ttr_s)}"
    )
    if verdict.arm != PLACEBO:
        yield f"Documented time: {words.time(verdict)}"
    yield f"Losses: {words.losses(verdict)}"
    if verdict.durability:
        yield f"Lasting: {text(words.lasted(verdict))}"
    if verdict.symptom:
        yield f"Diagnosis by {code(verdict.symptom.command)}: {text(words.diagnosis(verdict))}"


def picture(run: Run, verdict: ArmVerdict, output: Path) -> str | None:
    """Return the chart to show: all arms in one where there is such, under the documented arm only."""
    documented = run.of(verdict.cause, DOCUMENTED)
    pair = f"{documented.evidence}/pair.png" if documented else ""
    if pair and (output / pair).exists():
        return pair if verdict is documented else None
    alone = f"{verdict.evidence}/chart.png"
    return alone if (output / alone).exists() else None


def _commands(run: Run, verdict: ArmVerdict) -> str:
    if not verdict.commands:
        return "No command was run."
    source = "Instead of the solution:" if verdict.arm == PLACEBO else f"Commands, from {code(run.runbook.file)}:"
    lines = [source, ""]
    for command in verdict.commands:
        ended = "did not end" if command.exit is None else f"exit {command.exit}"
        stands = f"line {command.line}, " if command.line else ""
        lines += [f"- {stands}{ended}, {words.seconds(command.seconds)}", ""]
        lines.append(fenced("console", command.text.splitlines(), indent="  "))
    return "\n".join(lines)
