"""The verification table as Markdown, for a person to read and sign."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reports import words
from reports.collect import ARMS, UNPROVEN, cause_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from reports.collect import Run
    from reports.verdict import Command, Verdict

COLUMNS = (
    "Cause", "Verdict", "Alert", "Time to detect", "Time to recover", "Action and documented time", "Losses",
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
        f"Drilled {when}, {scale}, thresholds as documented. Runbook {_code(run.runbook.file)}, "
        f"SHA-256 {_code(run.runbook.sha256)}."
    )


def _table(run: Run) -> str:
    drilled = sorted({v.cause for v in run.verdicts}, key=cause_order)
    rows = [_line(COLUMNS), _line(["---"] * len(COLUMNS))]
    return "\n".join(rows + [_line(_cells(run, cause)) for cause in drilled])


def _cells(run: Run, cause: str) -> list[str]:
    documented = run.of(cause, ARMS[0])
    shown = documented or next(v for v in run.verdicts if v.cause == cause)
    name = f"{cause} {shown.cause_name}"
    if documented is None:
        absent = [words.NOTHING] * 4
        return [name, "not drilled", shown.alert, *absent, words.placebo(run, cause), _links(run, cause)]
    return [
        name,
        words.standing(run, documented),
        documented.alert,
        words.seconds(documented.ttd_s),
        words.seconds(documented.ttr_s),
        words.action(documented),
        words.losses(documented),
        words.placebo(run, cause),
        _links(run, cause),
    ]


def _links(run: Run, cause: str) -> str:
    found = (run.of(cause, arm) for arm in ARMS)
    return ", ".join(f"[{v.arm}]({_path(v.evidence)}/)" for v in found if v)


def _legend(run: Run) -> Iterator[str]:
    if any(run.standing(cause.id) == UNPROVEN for cause in run.causes):
        yield (
            f"{UNPROVEN}: the metric recovered after the solution, but no placebo stayed bad beside it, so the "
            "recovery may have come by itself."
        )


def _missing(run: Run) -> Iterator[str]:
    """List the causes without a verdict, apart from those that passed: they are unknown, not fine."""
    if run.coverage is None:
        return
    open_causes = [cause for cause in run.causes if run.standing(cause.id) is None]
    if open_causes:
        yield "## Not yet drilled"
        yield "\n".join(
            f"- {_text(cause.id)} {_text(cause.name)}"
            + (" (has a drill, but no verdict here)" if cause.id in run.coverage.drilled else "")
            for cause in open_causes
        )


def _problems(run: Run) -> Iterator[str]:
    if run.problems or run.notes:
        yield "## Not counted"
        yield "\n".join(f"- {_text(problem)}" for problem in (*run.problems, *run.notes))


def _section(run: Run, verdict: Verdict, output: Path) -> Iterator[str]:
    yield f"## {_text(verdict.cause)} {_text(verdict.cause_name)}, {verdict.arm}: {verdict.verdict}"
    surprise = words.surprise(verdict)
    yield _text(f"{verdict.reason.rstrip('.')}{' (' + surprise + ')' if surprise else ''}.")
    yield "\n".join(
        (
            f"- Incident {verdict.incident}, {_text(verdict.incident_name)}; alert {_code(verdict.alert)}",
            f"- Time to detect {words.seconds(verdict.ttd_s)}, time to recover {words.seconds(verdict.ttr_s)}",
            f"- Action {words.action(verdict)}",
            f"- Losses: {words.losses(verdict)}",
        )
    )
    yield _commands(run, verdict.commands)
    if picture := _picture(run, verdict, output):
        alternative = f"The metric during drill {verdict.cause}, {verdict.arm}"
        yield f"![{_text(alternative)}]({_path(picture)})"


def _picture(run: Run, verdict: Verdict, output: Path) -> str | None:
    """Return the chart to show: both arms in one where there is such, under the documented arm only."""
    documented = run.of(verdict.cause, ARMS[0])
    pair = f"{documented.evidence}/pair.png" if documented else ""
    if pair and (output / pair).exists():
        return pair if verdict is documented else None
    alone = f"{verdict.evidence}/chart.png"
    return alone if (output / alone).exists() else None


def _commands(run: Run, commands: Sequence[Command]) -> str:
    if not commands:
        return "No command was run."
    lines = [f"Commands, from {_code(run.runbook.file)}:", ""]
    for command in commands:
        ended = "did not end" if command.exit is None else f"exit {command.exit}"
        lines += [f"- line {command.line}, {ended}, {words.seconds(command.seconds)}", ""]
        fence = "`" * max(3, 1 + _longest_run(command.text))
        lines += [f"  {line}" for line in (f"{fence}console", *command.text.splitlines(), fence)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("\n", " ").replace("|", "\\|") for cell in cells) + " |"


def _text(text: str) -> str:
    """Return *text* so that Markdown shows it and does not act on it."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", text.replace("\n", " "))


def _code(text: str) -> str:
    fence = "`" * (1 + _longest_run(text))
    pad = " " if fence != "`" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _longest_run(text: str) -> int:
    return max((len(ticks) for ticks in re.findall("`+", text)), default=0)


def _path(path: str) -> str:
    return path.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
