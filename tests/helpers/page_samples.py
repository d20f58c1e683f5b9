"""Hand-made runs for the tests of the one page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.helpers.report_samples import judged, leak

if TYPE_CHECKING:
    from pathlib import Path

RUN_ID = "17678172dd7e4086a73353818b40a2af"


def typed(**changes: Any) -> dict[str, Any]:
    """Return the line of a command that ended 45 s into the drill."""
    line = {"kind": "command", "t": 45.0, "purpose": "resolve", "line": 321, "text": "restart", "exit": 0, "seconds": 4}
    return line | {"output": ""} | changes


def loss(kind: str, count: int | None, of: int | None, *, promised: bool) -> dict[str, Any]:
    """Return one kind of loss."""
    return {"kind": kind, "count": count, "of": of, "promised": promised}


def arm(output: Path, name: str, verdict: str, *lines: dict[str, Any], **changes: Any) -> Path:
    """Write the record and the verdict of an arm, such as 5.1-documented; its expected verdict is the one it has."""
    cause, _, kind = name.rpartition("-")
    folder = leak(output / "drills" / name, cause=cause, arm=kind, run=RUN_ID)
    with (folder / "history.jsonl").open("a", encoding="utf-8") as history:
        history.writelines(json.dumps(line) + "\n" for line in lines)
    return judged(folder, **{"cause": cause, "arm": kind, "verdict": verdict, "expected_verdict": verdict} | changes)


def covered(output: Path, *causes: str, drilled: tuple[str, ...] = ()) -> None:
    """Write which causes the runbook has."""
    listed = [{"id": cause, "incident": "Pool exhausted", "cause": f"Cause {cause}"} for cause in causes]
    (output / "coverage.json").write_text(json.dumps({"causes": listed, "drilled": drilled}))
