"""The findings as Markdown, for an engineer who has the incident now, and for whoever corrects the runbook after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.reports import phrases as words
from drills.reports.findings import findings
from drills.reports.markup import anchor, code, fenced, image, link, text
from drills.reports.proposed_edit import proposed_edit
from drills.reports.verification_page import picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.collect import Run
    from drills.reports.findings import Finding

FINDINGS = "findings.md"


def findings_page(run: Run, output: Path | None = None) -> str:
    """Return the page; charts found under *output* are shown (None: no charts), links are relative to it."""
    found = findings(run)
    blocks = ["# Findings", *_opening(run, found)]
    for finding in found:
        blocks += _section(run, finding, output)
    return "\n\n".join(blocks) + "\n"


def _opening(run: Run, found: tuple[Finding, ...]) -> Iterator[str]:
    drilled = sum(run.standing(cause.id) is not None for cause in run.causes)
    told = f"{len(found)} of {len(run.causes)} causes have a finding" if found else "No finding"
    unknown = "" if drilled == len(run.causes) else " What was not drilled is unknown, not fine."
    yield f"**{told}; {drilled} of {len(run.causes)} causes were drilled.**{unknown}"
    if run.problems:
        yield f"Records that cannot be read, and so are not counted: {len(run.problems)}; see verification.md."
    if not found:
        return
    yield "\n".join(f"- {link(_title(each), anchor(_title(each)))}: {text(each.advice)}" for each in found)
    yield (
        f"Measured with {code(run.runbook.file)}, SHA-256 {code(run.runbook.sha256[:12])}. A row that was wrong "
        f"{words.AS_FIRST} is corrected there; the edit is proposed to the runbook that the row came from. "
        f"{words.compared(run)}"
    )


def _section(run: Run, finding: Finding, output: Path | None) -> Iterator[str]:
    documented, original = finding.documented, finding.original
    yield f"## {text(_title(finding))}"
    yield f"**{text(finding.advice)}**"
    if what := next((v.finding for v in (original, documented) if v and v.finding), ""):
        yield text(f"{what[0].upper()}{what[1:].rstrip('.')}.")
    yield "\n".join(f"- {text(reason)}" for reason in finding.reasons)
    if original:
        yield from _arm(run, original, words.AS_FIRST.capitalize(), output)
    if documented:
        yield from _arm(run, documented, "Corrected" if original else "As documented", output)
    yield "### Proposed edit"
    yield proposed_edit(finding)


def _arm(run: Run, verdict: ArmVerdict, heading: str, output: Path | None) -> Iterator[str]:
    yield f"### {heading}: {words.standing(run, verdict)}"
    lines = [line for command in verdict.commands for line in command.text.splitlines()]
    yield fenced("console", lines) if lines else "No command was run."
    yield "\n".join(f"- {fact}" for fact in _facts(verdict))
    if output and (chart := picture(run, verdict, output)):
        yield image(f"The metric during drill {verdict.cause}, {verdict.arm}", chart)


def _facts(verdict: ArmVerdict) -> Iterator[str]:
    yield (
        f"Time to detect {words.seconds(verdict.ttd_s)}; from the first command until the metric was back "
        f"{words.seconds(verdict.ttr_s)}; the commands themselves {words.seconds(verdict.action_s)}"
    )
    yield f"Losses: {words.losses(verdict)}"
    if verdict.durability:
        yield f"Lasting: {text(words.lasted(verdict))}"
    if verdict.symptom:
        yield f"Diagnosis by {code(verdict.symptom.command)}: {text(words.diagnosis(verdict))}"
    yield f"Evidence: {link(verdict.evidence, f'{verdict.evidence}/')}"


def _title(finding: Finding) -> str:
    return f"{finding.cause} {finding.name}"
