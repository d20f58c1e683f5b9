"""The verification table as data: ``verification.json`` and ``metrics.prom``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from drills.common.files import write_text
from drills.common.prometheus_text import gauges, without
from drills.reports.run_metrics import run_families
from drills.reports.verification_page import verification_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.common.prometheus_text import Samples
    from drills.record.arm_verdict import ArmVerdict, Command
    from drills.reports.collect import Run

SCHEMA = 1
FAMILY = "drill_"
"""Every family of drills begins with this, and no other does."""
_TIMES = (
    ("drill_ttd_seconds", "How long the alert took to fire, as judged.", "ttd_s"),
    ("drill_ttr_seconds", "How long the metric took to come back under its target, as judged.", "ttr_s"),
    ("drill_action_seconds", "How long the commands of the solution took.", "action_s"),
)


def write_verification(run: Run, output: Path) -> list[Path]:
    """Write ``verification.json``, ``verification.md`` and ``metrics.prom`` into *output*, each whole or not."""
    return [
        write_text(output / "verification.json", json.dumps(as_json(run), indent=2, ensure_ascii=False) + "\n"),
        write_text(output / "verification.md", verification_page(run, output)),
        write_others_kept(output / "metrics.prom", exposition(run)),
    ]


def write_others_kept(path: Path, text: str) -> Path:
    """Replace what drills wrote into *path* by *text*, and keep what checks wrote there: one file, two writers."""
    others = without(path.read_text(encoding="utf-8"), FAMILY) if path.is_file() else ""
    return write_text(path, others + text)


def as_json(run: Run) -> dict[str, Any]:
    """Return the table in the form that other programs read; times in seconds, null where never reached."""
    return {
        "schema": SCHEMA,
        "time_scale": run.time_scale,
        "runbook": {"file": run.runbook.file, "sha256": run.runbook.sha256},
        "rows": [_row(verdict) for verdict in run.verdicts],
    }


def exposition(run: Run) -> str:
    """Return the table in Prometheus' text format, for a node exporter's textfile collector."""
    return gauges(_families(run))


def _row(verdict: ArmVerdict) -> dict[str, Any]:
    return {
        "id": verdict.cause,
        "incident": verdict.incident,
        "cause": verdict.cause_name,
        "arm": verdict.arm,
        "verdict": verdict.verdict,
        "alert": verdict.alert,
        "ttd_s": verdict.ttd_s,
        "ttr_s": verdict.ttr_s,
        "action_s": verdict.action_s,
        "documented_minutes": list(verdict.documented_minutes),
        "losses": {loss.kind: loss.count for loss in verdict.losses},
        "commands": [_command(command) for command in verdict.commands],
        "evidence": verdict.evidence,
        "evidence_strength": verdict.evidence_strength.model_dump() if verdict.evidence_strength else None,
        "watch": verdict.watch.model_dump() if verdict.watch else None,
        "settled_s": verdict.settled_s,
    }


def _command(command: Command) -> dict[str, Any]:
    return {"line": command.line, "text": command.text, "exit": command.exit, "seconds": command.seconds}


def _families(run: Run) -> Iterator[tuple[str, str, Samples]]:
    judged = [(_labels(verdict), verdict) for verdict in run.verdicts]
    yield from run_families(run)
    yield (
        "drill_verdict",
        "The verdict on an arm of a cause: always 1.",
        [(labels | {"verdict": verdict.verdict}, 1.0) for labels, verdict in judged],
    )
    for name, about, field in _TIMES:
        times_s = ((labels, getattr(verdict, field)) for labels, verdict in judged)
        yield name, about, [(labels, time_s) for labels, time_s in times_s if time_s is not None]
    yield (
        "drill_lasting",
        "Whether the recovery lasts, cure or relief: always 1.",
        [(labels | {"lasting": v.durability.verdict}, 1.0) for labels, v in judged if v.durability],
    )
    yield (
        "drill_losses",
        "What the clients' ledger says was lost or done twice.",
        [(labels | {"kind": e.kind}, float(e.count)) for labels, v in judged for e in v.losses if e.count is not None],
    )


def _labels(verdict: ArmVerdict) -> dict[str, str]:
    return {"cause": verdict.cause, "arm": verdict.arm}
