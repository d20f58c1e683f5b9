"""The verification table as data: ``verification.json`` and ``metrics.prom``."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from drills.common.files import write_text
from drills.reports.verification_page import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.record.arm_verdict import ArmVerdict, Command
    from drills.reports.collect import Run

SCHEMA = 1
_OWN = re.compile("(?:# (?:HELP|TYPE) )?drill_")


def write_verification(run: Run, output: Path) -> list[Path]:
    """Write ``verification.json``, ``verification.md`` and ``metrics.prom`` into *output*, each whole or not."""
    return [
        write_text(output / "verification.json", json.dumps(as_json(run), indent=2, ensure_ascii=False) + "\n"),
        write_text(output / "verification.md", markdown(run, output)),
        write_others_kept(output / "metrics.prom", exposition(run)),
    ]


def write_others_kept(path: Path, text: str) -> Path:
    """Replace what drills wrote into *path* by *text*, and keep what checks wrote there: one file, two writers."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []
    return write_text(path, "".join(line for line in lines if not _OWN.match(line)) + text)


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
    return "".join(line + "\n" for line in _metric_lines(run))


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
        "losses": dict(verdict.losses),
        "commands": [_command(command) for command in verdict.commands],
        "evidence": verdict.evidence,
    }


def _command(command: Command) -> dict[str, Any]:
    return {"line": command.line, "text": command.text, "exit": command.exit, "seconds": command.seconds}


def _metric_lines(run: Run) -> Iterator[str]:
    yield from _family("drill_verdict", "The verdict on an arm of a cause: always 1.")
    for v in run.verdicts:
        yield f'drill_verdict{{{_labels(v)},verdict="{v.verdict}"}} 1'
    yield from _family("drill_ttd_seconds", "How long the alert took to fire, as judged.")
    yield from (f"drill_ttd_seconds{{{_labels(v)}}} {v.ttd_s:g}" for v in run.verdicts if v.ttd_s is not None)
    yield from _family("drill_ttr_seconds", "How long the metric took to come back under its target, as judged.")
    yield from (f"drill_ttr_seconds{{{_labels(v)}}} {v.ttr_s:g}" for v in run.verdicts if v.ttr_s is not None)
    yield from _family("drill_action_seconds", "How long the commands of the solution took.")
    yield from (f"drill_action_seconds{{{_labels(v)}}} {v.action_s:g}" for v in run.verdicts if v.action_s is not None)
    yield from _family("drill_lasting", "Whether the recovery lasts, cure or relief: always 1.")
    for v in run.verdicts:
        if v.durability:
            yield f'drill_lasting{{{_labels(v)},lasting="{v.durability.verdict}"}} 1'
    yield from _family("drill_losses", "What the clients' ledger says was lost or done twice.")
    for v in run.verdicts:
        counted = ((kind, count) for kind, count in v.losses if count is not None)
        yield from (f'drill_losses{{{_labels(v)},kind="{kind}"}} {count}' for kind, count in counted)


def _family(name: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"


def _labels(verdict: ArmVerdict) -> str:
    return f'cause="{verdict.cause}",arm="{verdict.arm}"'
