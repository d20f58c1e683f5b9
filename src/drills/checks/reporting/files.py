"""Write the files of a run of checks: `checks.json`, its part of `metrics.prom`, and its summary on Allure's page."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from drills.checks.reporting.metrics_text import FAMILY, exposition
from drills.checks.reporting.run_result import as_json
from drills.checks.reporting.summary import lines, plain
from drills.common.files import write_text
from drills.common.prometheus_text import without

if TYPE_CHECKING:
    from pathlib import Path

    from drills.checks.reporting.run_result import Result

METRICS: Final = "metrics.prom"
RECORD: Final = "checks.json"
SUMMARY: Final = "checks.txt"


def write(result: Result, output: Path) -> list[Path]:
    """Write `checks.json` and `metrics.prom` into *output*, each whole or not at all.

    `metrics.prom` is one file for a node exporter: the families that drills wrote stay in it.
    """
    record = json.dumps(as_json(result), indent=2, ensure_ascii=False) + "\n"
    return [
        write_text(output / RECORD, record),
        write_text(output / METRICS, others(output / METRICS) + exposition(result)),
    ]


def attach(result: Result, results: Path) -> None:
    """Attach the summary, severity included, to the whole run on Allure's page."""
    copy = write_text(results / f"attachment-{SUMMARY}", plain(lines(result)) + "\n")
    facts = {"name": SUMMARY, "source": copy.name, "type": "text/plain", "timestamp": round(time.time() * 1000)}
    write_text(results / f"{SUMMARY}-globals.json", json.dumps({"attachments": [facts]}))


def others(path: Path) -> str:
    """Return the text of the families in *path* that are not of checks; it is empty where there is no file."""
    return without(path.read_text(encoding="utf-8"), FAMILY) if path.is_file() else ""
