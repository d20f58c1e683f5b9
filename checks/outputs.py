"""What a run of checks leaves on disk: `checks.json`, its part of `metrics.prom`, and its summary on Allure's page."""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checks.metrics_text import FAMILY, exposition
from checks.result import as_json
from checks.summary import lines, plain

if TYPE_CHECKING:
    from checks.result import Result

METRICS: Final = "metrics.prom"
RECORD: Final = "checks.json"
SUMMARY: Final = "checks.txt"
READABLE: Final = 0o644


def write(result: Result, output: Path) -> list[Path]:
    """Write `checks.json` and `metrics.prom` into *output*, each whole or not at all.

    `metrics.prom` is one file for a node exporter, whoever was run: what drills wrote of themselves stays in it.
    """
    record = json.dumps(as_json(result), indent=2, ensure_ascii=False) + "\n"
    return [
        _replace(output / RECORD, record),
        _replace(output / METRICS, others(output / METRICS) + exposition(result)),
    ]


def attach(result: Result, results: Path) -> None:
    """Give Allure's page the summary, severity included, as a text of the whole run."""
    copy = _replace(results / f"attachment-{SUMMARY}", plain(lines(result)) + "\n")
    facts = {"name": SUMMARY, "source": copy.name, "type": "text/plain", "timestamp": round(time.time() * 1000)}
    _replace(results / f"{SUMMARY}-globals.json", json.dumps({"attachments": [facts]}))


def others(path: Path) -> str:
    """Return the families in *path* that are not of checks, as they are written; nothing where there is no file."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []
    return "".join(
        line for line in lines if not line.removeprefix("# HELP ").removeprefix("# TYPE ").startswith(FAMILY)
    )


def _replace(path: Path, text: str) -> Path:
    """Put *text* in the place of *path* in one step; whoever reads meanwhile sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        temporary.chmod(READABLE)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
