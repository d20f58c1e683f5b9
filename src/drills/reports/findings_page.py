"""The findings as Markdown, for the engineer who has the incident now and the one who corrects the runbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.reports.findings import findings
from drills.reports.proposed_edit import proposed_edit
from drills.reports.templates import render
from drills.reports.verification_page import picture

if TYPE_CHECKING:
    from pathlib import Path

    from drills.reports.collect import Run

FINDINGS = "findings.md"


def findings_page(run: Run, output: Path | None = None) -> str:
    """Return the page; charts found under *output* are shown (None: no charts), links are relative to it."""
    return render(
        "findings.md.j2",
        run=run,
        findings=findings(run),
        drilled=sum(run.standing(cause.id) is not None for cause in run.causes),
        chart=lambda verdict: picture(run, verdict, output) if output else None,
        proposed_edit=proposed_edit,
    )
