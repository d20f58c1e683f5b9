"""The verification table as Markdown, for a person to read and sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.record.verdicts import DOCUMENTED, ORIGINAL, PLACEBO, Verdict
from drills.reports import phrases
from drills.reports.chart_files import ALL_ARMS, ONE_ARM
from drills.reports.collect import cause_order
from drills.reports.templates import render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.collect import Cause, Run


@dataclass(frozen=True)
class Row:
    """A line of the table: *solution* is None where only a placebo was run, *evidence* are the arms it links to."""

    title: str
    solution: ArmVerdict | None
    alert: str
    placebo: str
    evidence: tuple[ArmVerdict, ...]


def verification_page(run: Run, output: Path) -> str:
    """Return the page; charts found under *output* are shown, links are relative to it."""
    return render(
        "verification.md.j2",
        run=run,
        rows=list(_rows(run)),
        unproven=any(run.standing(v.cause, v.arm) == Verdict.UNPROVEN for v in run.verdicts),
        lasting=any(phrases.lasting(verdict) != phrases.NEVER for verdict in run.verdicts),
        undrilled=_undrilled(run),
        chart=lambda verdict: picture(run, verdict, output),
    )


def picture(run: Run, verdict: ArmVerdict, output: Path) -> str | None:
    """Return the chart to show: that of all arms where there is one, under the documented arm only."""
    documented = run.of(verdict.cause, DOCUMENTED)
    all_arms = f"{documented.evidence}/{ALL_ARMS}.png" if documented else ""
    if all_arms and (output / all_arms).exists():
        return all_arms if verdict is documented else None
    alone = f"{verdict.evidence}/{ONE_ARM}.png"
    return alone if (output / alone).exists() else None


def _rows(run: Run) -> Iterator[Row]:
    """Yield a row for each cause with a verdict, and below it the one of its solution as first documented."""
    for cause in sorted({v.cause for v in run.verdicts}, key=cause_order):
        arms = {v.arm: v for v in run.verdicts if v.cause == cause}
        first = next(iter(arms.values()))
        evidence = tuple(arms[arm] for arm in (DOCUMENTED, PLACEBO) if arm in arms)
        title = f"{cause} {first.cause_name}"
        yield Row(title, arms.get(DOCUMENTED), first.alert, phrases.placebo(run, cause), evidence)
        if original := arms.get(ORIGINAL):
            yield Row(f"↳ {cause} {phrases.AS_FIRST}", original, original.alert, "", (original,))


def _undrilled(run: Run) -> list[Cause]:
    """Return the causes without a verdict on their solution: they are unknown, not fine."""
    return [cause for cause in run.causes if run.standing(cause.id) is None] if run.coverage else []
