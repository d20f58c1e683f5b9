"""The verdicts as an in-toto statement of a test's result, to be signed: its subjects are runbook and commit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from drills.common.commit import CHANGED
from drills.record.durability import RELIEF
from drills.record.verdicts import DOCUMENTED, PLACEBO
from drills.reports import phrases
from drills.reports.expected import is_expected

if TYPE_CHECKING:
    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.collect import Run

FILE: Final = "test-result.intoto.json"
STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://in-toto.io/attestation/test-result/v0.1"
CONFIRMED: Final = "CONFIRMED"


def statement(run: Run) -> str:
    """Return the file. A commit whose files were changed is no subject: it is not what was drilled."""
    document = {"name": _document(run), "digest": {"sha256": run.runbook.sha256}}
    commit = run.coverage.commit if run.coverage else None
    named = commit is not None and not commit.endswith(CHANGED)
    subjects = [document, *([{"name": "commit", "digest": {"gitCommit": commit}}] if named else [])]
    told = {"_type": STATEMENT, "subject": subjects, "predicateType": PREDICATE, "predicate": _predicate(run)}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _predicate(run: Run) -> dict[str, Any]:
    sorted_out: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for verdict in run.verdicts:
        sorted_out[_outcome(run, verdict)].append(f"{verdict.cause} {verdict.arm}")
    missing = [cause.id for cause in run.causes if run.standing(cause.id) is None]
    warned = sorted_out["warnedTests"] or missing or not run.coverage
    return {
        "result": "FAILED" if sorted_out["failedTests"] else "WARNED" if warned else "PASSED",
        "configuration": [
            {
                "name": _document(run),
                "digest": {"sha256": run.runbook.sha256},
                "annotations": {"timeScale": run.time_scale, "firstAt": run.first_at, "notDrilled": missing},
            }
        ],
        **sorted_out,
    }


def _outcome(run: Run, verdict: ArmVerdict) -> str:
    """Return where an arm stands; a known finding is a warning, since the row is not as it should be."""
    if not is_expected(verdict):
        return "failedTests"
    if verdict.arm == PLACEBO:
        return "passedTests"
    cures = run.standing(verdict.cause, verdict.arm) == CONFIRMED and phrases.lasting(verdict) != RELIEF
    return "passedTests" if cures and verdict.arm == DOCUMENTED else "warnedTests"


def _document(run: Run) -> str:
    return (run.coverage.document if run.coverage else None) or run.runbook.file
