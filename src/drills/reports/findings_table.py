"""Make the table of findings for a system's documentation: one line for each row of the runbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.record.verdicts import DOCUMENTED, ORIGINAL
from drills.reports import phrases
from drills.reports.collect import cause_order
from drills.reports.findings import findings
from drills.reports.markup import sentence
from drills.reports.templates import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.reports.collect import Run
    from drills.reports.findings import Finding

NOT_DRILLED = "not drilled in this run"


@dataclass(frozen=True)
class DeclaredFinding:
    """What a scenario says of a row: *verdict* is expected of it as first documented, *wrong* says what is wrong."""

    cause: str
    name: str
    verdict: str
    wrong: str


@dataclass(frozen=True)
class TableRow:
    """A line of the table; *original* and *documented* say what was measured of each solution."""

    cause: str
    title: str
    wrong: str
    original: str
    documented: str


def findings_table(run: Run, declared: Iterable[DeclaredFinding] = ()) -> str:
    """Return the page; a *declared* finding that *run* did not drill is listed too, as not measured."""
    undrilled = (finding for finding in declared if run.of(finding.cause, ORIGINAL) is None)
    rows = {row.cause: row for row in (*_measured(run), *(_unmeasured(run, finding) for finding in undrilled))}
    return render(
        "findings_table.md.j2",
        run=run,
        rows=sorted(rows.values(), key=lambda row: cause_order(row.cause)),
        drilled=sum(run.standing(cause.id) is not None for cause in run.causes),
    )


def _measured(run: Run) -> Iterator[TableRow]:
    for finding in findings(run):
        measured = (phrases.measured(run, verdict) for verdict in (finding.original, finding.documented))
        yield TableRow(finding.cause, finding.title, _wrong(finding), *measured)


def _wrong(finding: Finding) -> str:
    return sentence(finding.what) if finding.what else " ".join(finding.reasons)


def _unmeasured(run: Run, finding: DeclaredFinding) -> TableRow:
    solution = run.of(finding.cause, DOCUMENTED)
    return TableRow(
        cause=finding.cause,
        title=f"{finding.cause} {finding.name}",
        wrong=sentence(finding.wrong),
        original=f"{finding.verdict} is expected; {NOT_DRILLED}",
        documented=phrases.measured(run, solution) if solution else NOT_DRILLED,
    )
