"""The edit that a finding proposes: the runbook's row before and after, with the lines that belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.verdicts import RECOVERED
from drills.reports import phrases as words
from drills.reports.markup import fenced, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.findings import Finding

BELOW = "the lines below"
RELIEF_NOTE = "relief only: look for what brings it back"


TRIED = (*RECOVERED, "REFUTED")
"""After any other verdict nothing is known of the row that it should say instead."""
_WITHOUT = {
    None: "None before the corrected commands are drilled.",
    "CONFIRMED": "None in the row: the incident's investigation lacks a reading that shows this cause.",
    "CONFIRMED_WITH_LOSS": "None yet: commands without that loss have to be found, and a drill has to confirm them.",
    "REFUTED": "None yet: commands that cure have to be found, and a drill has to confirm them.",
    "SPONTANEOUS": "None yet: it has to be found out first whether this cause needs a solution at all.",
    "UNPROVEN": "None before a placebo has stayed bad beside these commands.",
}


def proposed_edit(finding: Finding) -> str:
    """Return the edit as a block of Markdown, or a sentence that says why there is none."""
    if finding.documented and finding.original and not finding.corrected:
        return "None: this run does not show the corrected commands to be the better ones."
    tried = finding.documented if finding.standing in TRIED else None
    lines = list(_lines(finding, tried)) if tried else []
    return fenced("diff", lines) if lines else _WITHOUT.get(finding.standing, "None before a drill has judged the row.")


def _lines(finding: Finding, documented: ArmVerdict) -> Iterator[str]:
    before = [_row(finding, documented, BELOW if finding.original else _solution(documented), changed=False)]
    after = [_row(finding, documented, _solution(documented), changed=True)]
    if finding.original:
        before += _typed(finding.original)
        after += _typed(documented)
    if before != after:
        yield from (f"- {line}" for line in before)
        yield from (f"+ {line}" for line in after)


def _row(finding: Finding, documented: ArmVerdict, solution: str, *, changed: bool) -> str:
    time = documented.documented_minutes
    if changed:
        time = finding.new_time or time
        solution += f" ({RELIEF_NOTE})" if finding.relieves else ""
    return row([finding.name, solution, words.minutes(time)])


def _solution(verdict: ArmVerdict) -> str:
    return verdict.solution or BELOW


def _typed(verdict: ArmVerdict) -> Iterator[str]:
    for command in verdict.commands:
        yield from command.text.splitlines()
