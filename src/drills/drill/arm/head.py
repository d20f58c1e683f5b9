"""What an arm's record begins with: what is drilled, under which limits, and what is expected of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from drills.drill.arm.promised import promised
from drills.drill.scenario import symptom_command
from drills.record.head import SolutionLine
from drills.record.solution_lines import solution_lines
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from drills.common.threshold import Threshold
    from drills.drill.arm.run import Run
    from drills.record.symptom import Symptom
    from drills.runbook.model import Command


def head(run: Run) -> dict[str, Any]:
    """Return the first event of the record, with the limits in seconds."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cause": run.cause.id,
        "cause_name": run.cause.name,
        "incident": run.incident.id,
        "incident_name": run.incident.name,
        "arm": str(run.arm),
        "alert": run.incident.alert.name,
        "quantity": str(run.incident.alert.quantity),
        "unit": run.limits.threshold.unit,
        "target": _limit(run.limits.target),
        "threshold": _limit(run.limits.threshold),
        "window_s": run.incident.alert.window_s,
        "time_scale": run.system.time_scale,
        "quiet_s": run.limits.quiet_s,
        "sustain_s": run.limits.sustain_s,
        "recover_s": run.limits.recover_s,
        "documented_minutes": list(run.cause.documented_minutes),
        "solution": run.cause.solution,
        "expected_verdict": str(run.scenario.expects(run.arm)),
        "expected_lasting": run.scenario.expects_lasting(run.arm),
        "finding": run.scenario.finding,
        "symptom": _symptom(run, run.scenario.symptom),
        "rules_out": [found for symptom in run.scenario.rules_out if (found := _symptom(run, symptom))],
        "runbook": {"file": run.system.runbook.path.name, "sha256": run.system.runbook.sha256},
        "run": run.options.run_id,
        "seed": run.options.seed,
        "solution_lines": _solution_lines(run),
        "promises": promised(run),
    }


def _solution_lines(run: Run) -> dict[str, Any]:
    commands = () if run.arm is Arm.PLACEBO else run.commands
    return solution_lines(_solution_line(run, command) for command in commands).model_dump(mode="json")


def _solution_line(run: Run, command: Command) -> SolutionLine:
    redact = run.system.redact  # as the recorder writes it, or its hash would be of another text
    return SolutionLine(
        line=command.line, text=redact(command.text), stdin=redact(command.stdin) if command.stdin else None
    )


def _symptom(run: Run, symptom: Symptom) -> dict[str, Any] | None:
    try:
        line = symptom_command(run.incident, symptom).line
    except ValueError:
        return None  # the drill ends before its fault and says so
    return {"command": symptom.command, "pattern": symptom.pattern, "change": str(symptom.change), "line": line}


def _limit(threshold: Threshold) -> dict[str, Any]:
    return {"op": threshold.op, "value": threshold.value, "text": threshold.text}
