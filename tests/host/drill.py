"""Hold the lightest drill there is, that of the example of two services, in the guest."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parents[2] / "examples/notes"
SYSTEM = Path("/srv/notes")
"""A copy outside of this checkout, whose own settings are for another suite."""
OUTPUT = Path("/srv/output")
CAUSE = "1.1"
TIME_SCALE = 10
"""Slower than the default, 60: under emulation Prometheus misses scrapes of the shortest windows."""
LIMIT_S = 3600
ARMS = ("documented", "placebo")


def drilled() -> str:
    """Hold the drill and return the verdict of each arm, or how the run ended where an arm has none."""
    shutil.copytree(EXAMPLE, SYSTEM)
    words = ("--runbook", "runbook.md", "--stack", "descriptor.toml", "--output", str(OUTPUT), "--cause", CAUSE)
    pace = ("--time-scale", str(TIME_SCALE), "--timeout", str(LIMIT_S), "-p", "tests.host.patience")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", ".", *words, *pace, "-p", "no:cacheprovider"], cwd=SYSTEM, check=False
    )
    verdicts = [f"{arm} {_verdict(arm, f'exit {done.returncode}')}" for arm in ARMS]
    return ", ".join(verdicts)


def _verdict(arm: str, otherwise: str) -> str:
    path = OUTPUT / "drills" / f"{CAUSE}-{arm}" / "verdict.json"
    if not path.exists():
        return f"without a verdict ({otherwise})"
    verdict: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return str(verdict["verdict"])
