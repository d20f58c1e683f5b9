"""Hand-made records of drills for the tests of the reports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.helpers.losses import NO_LOSSES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PHASES = {
    "heal": 2, "steady": 10, "quiet": 6, "inject": 1, "confirm": 0.5, "detect": 16, "diagnose": 6,
    "resolve": 4, "recover": 12, "hold": 10, "audit": 3,
}  # fmt: skip
RUNBOOK = {"file": "runbook/incidents.md", "sha256": "ab" * 32}


def drill(**changes: Any) -> dict[str, Any]:
    """Return the first line of a history: cause 5.1, unless changed."""
    line = {
        "kind": "drill", "t": 0, "format": 2, "drills": "0.2.0", "at": "2026-11-23T06:00:00Z", "cause": "5.1",
        "cause_name": "Connection leak in code", "incident": 5,
        "incident_name": "Database Connection Pool Exhausted", "arm": "documented",
        "alert": "DatabaseConnectionPoolExhausted", "quantity": "connection_pool", "unit": "connections",
        "target": {"op": "<", "value": 50.0, "text": "below 50"},
        "threshold": {"op": ">=", "value": 50.0, "text": "all 50 in use"},
        "window_s": 300, "time_scale": 30.0, "quiet_s": 3.0, "sustain_s": 10.0, "recover_s": 60.0,
        "documented_minutes": [2, 2], "solution": "", "expected_verdict": "CONFIRMED", "finding": "", "symptom": None,
        "runbook": RUNBOOK,
    }  # fmt: skip
    return line | changes


def verdict(**changes: Any) -> dict[str, Any]:
    """Return a verdict on cause 5.1: confirmed, unless changed."""
    value = {
        "cause": "5.1", "incident": 5, "incident_name": "Database Connection Pool Exhausted",
        "cause_name": "Connection leak in code", "arm": "documented", "verdict": "CONFIRMED",
        "alert": "DatabaseConnectionPoolExhausted", "ttd_s": 14.2, "ttr_s": 9.5, "action_s": 3.9,
        "documented_minutes": [2, 2], "losses": NO_LOSSES,
        "commands": [{"line": 321, "text": "docker-compose restart backend", "exit": 0, "seconds": 3.9}],
        "reason": "the pool fell below 50 and stayed there", "time_scale": 30.0, "runbook": RUNBOOK,
        "expected_verdict": "CONFIRMED", "finding": "", "solution": "", "durability": None, "symptom": None,
        "evidence": "drills/5.1-documented",
    }  # fmt: skip
    return value | changes


def phases(lengths: dict[str, float] | None = None) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Return phase lines one after the other and the time at which each begins."""
    lines: list[dict[str, Any]] = []
    begins: dict[str, float] = {}
    t = 0.0
    for name, length in (lengths or PHASES).items():
        begins[name] = t
        lines.append({"kind": "phase", "t": t, "name": name, "event": "begin", "ok": None, "note": None})
        t += length
        lines.append({"kind": "phase", "t": t, "name": name, "event": "end", "ok": True, "note": None})
    return lines, begins


def samples(values: Iterable[float | None], step_s: float = 0.5) -> list[dict[str, Any]]:
    """Return sample lines at an even pace."""
    return [{"kind": "sample", "t": i * step_s, "value": value} for i, value in enumerate(values)]


def milestones(**times: float) -> list[dict[str, Any]]:
    """Return a milestone line for each name."""
    return [{"kind": "milestone", "t": t, "name": name} for name, t in times.items()]


def alerts(**times: float) -> list[dict[str, Any]]:
    """Return transitions to each state, named pending, firing, inactive, in this order."""
    return [{"kind": "alert", "t": t, "from": "inactive", "to": state} for state, t in times.items()]


def history(folder: Path, *lines: dict[str, Any], **changes: Any) -> Path:
    """Write a history of the drill line, changed as named, and *lines* in the order of time."""
    folder.mkdir(parents=True, exist_ok=True)
    ordered = [drill(**changes), *sorted(lines, key=lambda line: float(line["t"]))]
    (folder / "history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in ordered))
    return folder


def leak(folder: Path, **changes: Any) -> Path:
    """Write a whole drill of cause 5.1: the pool fills to 50, the restart empties it."""
    lines, at = phases()
    values = [float(min(50, 8 + max(0, (i / 2 - at["inject"]) * 40))) for i in range(82)]
    values += [6.0 + i % 3 for i in range(58)]
    marks = milestones(
        injected=at["confirm"], confirmed=at["detect"], firing=at["diagnose"], acted=at["resolve"],
        resolved=at["recover"], recovered=at["recover"] + 2,
    )  # fmt: skip
    states = alerts(pending=21.0, firing=at["diagnose"], inactive=at["recover"] + 1)
    return history(folder, *lines, *samples(values), *marks, *states, **changes)


def judged(folder: Path, **changes: Any) -> Path:
    """Write a verdict into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    value = verdict(evidence=f"drills/{folder.name}") | changes
    (folder / "verdict.json").write_text(json.dumps(value))
    return folder
