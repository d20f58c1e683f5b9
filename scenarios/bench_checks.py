"""Measure the checks against a warm stack: all at once, one after the other, and as a person runs them."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from checks.probe import Room
from checks.probes import ALL
from checks.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from checks.target import Target
    from checks.visit import Visit

ROUNDS = 5
ROOMS = (Room.HEALTH, Room.SMOKE)
PROBES = tuple(one for one in ALL if one.room in ROOMS)
ROOT = Path(__file__).parent.parent


def measured(visit: Visit) -> Iterator[tuple[str, str]]:
    """Yield what was measured and its figures; all of it without a browser, on a stack that has warmed up."""
    _at_once(visit)
    yield "checks at once", _median(lambda: _at_once(visit))
    yield "checks in turn", _median(lambda: [probe(visit) for probe in PROBES])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "target.toml"
        file.touch(mode=0o600)  # the stack's passwords are in it
        file.write_text(_toml(visit.target), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", *(f"checks/test_{room}.py" for room in ROOMS)]
        command += ["-q", "--target", str(file), "--output", str(Path(folder) / "output")]
        yield "pytest checks", _median(lambda: subprocess.run(command, cwd=ROOT, capture_output=True, check=True))


def _at_once(visit: Visit) -> None:
    with closing(Survey(PROBES, visit)) as survey:
        bad = [str(reading) for reading in survey.readings() if reading.ok is False]
    if bad:
        raise RuntimeError(f"measured nothing, because checks failed: {'; '.join(bad)}")


def _median(work: Callable[[], object]) -> str:
    seconds = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        work()
        seconds.append(time.monotonic() - began)
    shown = ", ".join(f"{each:.2f}" for each in seconds)
    return f"{len(PROBES)} checks, median {statistics.median(seconds):.2f} s ({shown})"


def _toml(target: Target) -> str:
    given = {field.name: getattr(target, field.name) for field in fields(target)}
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in given.items() if value is not None)
