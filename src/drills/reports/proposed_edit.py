"""The edit that a finding proposes: the runbook's row before and after, with the lines that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.common.wording import minutes
from drills.record.verdicts import RECOVERED
from drills.reports.markup import table_row
from drills.reports.templates import render

if TYPE_CHECKING:
    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.findings import Finding
    from drills.reports.markup import Markdown

BELOW = "the lines below"
RELIEF_NOTE = "relief only: look for what brings it back"
TRIED = (*RECOVERED, "REFUTED")
"""After any other verdict nothing is known of the row that it should say instead."""
_NONE_BECAUSE = {
    None: "None before the corrected commands are drilled.",
    "CONFIRMED": "None in the row: the incident's investigation lacks a reading that shows this cause.",
    "CONFIRMED_WITH_LOSS": "None yet: commands without that loss have to be found, and a drill has to confirm them.",
    "REFUTED": "None yet: commands that cure have to be found, and a drill has to confirm them.",
    "NOT RUN": "None before every command of the row runs.",
    "SPONTANEOUS": "None yet: it has to be found out first whether this cause needs a solution at all.",
    "UNPROVEN": "None before a placebo has stayed bad beside these commands.",
}
_NOT_BETTER = "None: this run does not show the corrected commands to be the better ones."


@dataclass(frozen=True)
class Edit:
    """Lines of the runbook *before* and *after* the edit; where they are alike there is none, *none_because*."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    none_because: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines of a diff, empty where there is no edit."""
        if self.before == self.after:
            return ()
        return (*(f"- {line}" for line in self.before), *(f"+ {line}" for line in self.after))


def proposed_edit(finding: Finding) -> Markdown:
    """Return the edit as a block of Markdown, or a sentence that says why there is none."""
    return render("proposed_edit.md.j2", edit=edit_of(finding))


def edit_of(finding: Finding) -> Edit:
    """Return the edit that *finding* proposes."""
    documented, original = finding.documented, finding.original
    none_because = _NONE_BECAUSE.get(finding.standing, "None before a drill has judged the row.")
    before: list[str] = []
    after: list[str] = []
    if documented and original and not finding.corrected:
        none_because = _NOT_BETTER
    elif documented and finding.standing in TRIED:
        before = [_row(finding, documented, BELOW if original else _solution(documented)), *_typed(original)]
        after = [_changed_row(finding, documented), *(_typed(documented) if original else [])]
    return Edit(tuple(before), tuple(after), none_because)


def _row(finding: Finding, documented: ArmVerdict, solution: str) -> str:
    return table_row([finding.name, solution, minutes(documented.documented_minutes)])


def _changed_row(finding: Finding, documented: ArmVerdict) -> str:
    note = f" ({RELIEF_NOTE})" if finding.relieves else ""
    time = finding.new_time or documented.documented_minutes
    return table_row([finding.name, f"{_solution(documented)}{note}", minutes(time)])


def _solution(verdict: ArmVerdict) -> str:
    return verdict.solution or BELOW


def _typed(verdict: ArmVerdict | None) -> list[str]:
    commands = verdict.commands if verdict else ()
    return [line for command in commands for line in command.text.splitlines()]
