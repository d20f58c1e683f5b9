"""What is wrong with the runbook as SARIF 2.1.0, so that it shows in a pull request at the line of the document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from drills.common.visible import visible
from drills.record.verdicts import Verdict
from drills.reports.findings import findings

if TYPE_CHECKING:
    from drills.reports.collect import Run
    from drills.reports.findings import Finding

FILE: Final = "findings.sarif"
SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RULES: Final = {
    "row-does-not-cure": ("error", "The documented commands do not bring the system back."),
    "row-does-not-run": ("error", "A documented command does not run."),
    "row-proves-nothing": ("warning", "It is not proven that the documented commands help."),
    "row-costs": ("warning", "The documented commands bring the system back at a loss."),
    "row-relieves": ("warning", "The documented commands relieve, and the incident comes back."),
    "row-to-correct": ("note", "The row holds, and something about it is to be corrected or was."),
}
"""Rules by id, with the level of their results."""
_BY_STANDING: Final = {
    "REFUTED": "row-does-not-cure",
    Verdict.NOT_RUN: "row-does-not-run",
    "CONFIRMED_WITH_LOSS": "row-costs",
    "CONFIRMED": "row-to-correct",
}


def sarif(run: Run) -> str:
    """Return the file: one result for each row of the runbook that has a finding."""
    driver = {"name": "drills", "rules": [_rule(name, *about) for name, about in RULES.items()]}
    results = [_result(finding, run) for finding in findings(run)]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(name: str, level: str, about: str) -> dict[str, Any]:
    return {"id": name, "shortDescription": {"text": about}, "defaultConfiguration": {"level": level}}


def _result(finding: Finding, run: Run) -> dict[str, Any]:
    rule = _rule_of(finding)
    sentences = [f"{finding.title}:", *([finding.what] if finding.what else []), *finding.reasons, finding.advice]
    return {
        "ruleId": rule,
        "ruleIndex": list(RULES).index(rule),
        "level": RULES[rule][0],
        "message": {"text": visible(" ".join(sentences))},
        "locations": [{"physicalLocation": _location(finding, run)}],
        "partialFingerprints": {"row/v1": f"{finding.cause} {rule}"},
    }


def _rule_of(finding: Finding) -> str:
    known = _BY_STANDING.get(finding.standing or "", "row-proves-nothing")
    return "row-relieves" if known == "row-to-correct" and finding.relieves else known


def _location(finding: Finding, run: Run) -> dict[str, Any]:
    """Return the first command of the solution in the document; the document alone where none has a line."""
    document = (run.coverage.document if run.coverage else None) or run.runbook.file
    verdicts = [verdict for verdict in (finding.documented, finding.original) if verdict]
    lines = [command.line for verdict in verdicts for command in verdict.commands if command.line > 0]
    region = {"region": {"startLine": lines[0]}} if lines else {}
    return {"artifactLocation": {"uri": document}, **region}
