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

from drills.checks.definition import Room
from drills.checks.runner import Survey
from drills.common.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from drills.checks.context import Visit
    from drills.checks.definition import Probe
    from drills.checks.target import Target

ROUNDS = 5
WARM_S = 60.0
ROOMS = (Room.HEALTH, Room.SMOKE)


def measured(visit: Visit, checks: Iterable[Probe]) -> Iterator[tuple[str, str]]:
    """Yield what was measured and its figures; all of it without a browser, on a stack that has warmed up."""
    probes = tuple(one for one in checks if one.room in ROOMS)
    _warmed_up(visit, probes)
    yield "checks at once", _median(len(probes), lambda: _at_once(visit, probes))
    yield "checks in turn", _median(len(probes), lambda: [probe(visit) for probe in probes])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "target.toml"
        file.touch(mode=0o600)  # the stack's passwords are in it
        file.write_text(_toml(visit.target), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", *(f"checks/test_{room}.py" for room in ROOMS)]
        command += ["-q", "--target", str(file), "--output", str(Path(folder) / "output")]
        yield "pytest checks", _median(len(probes), lambda: subprocess.run(command, capture_output=True, check=True))


def _warmed_up(visit: Visit, probes: tuple[Probe, ...]) -> None:
    """Return when every check passes: those who watch a stack take a moment to forget that it was not there."""
    wait_until(
        lambda: _failed(visit, probes),
        done=lambda failed: not failed,
        deadline_s=WARM_S,
        expected="every check to pass",
        where=visit.target.front_url,
        next_step="see why these fail",
    )


def _at_once(visit: Visit, probes: tuple[Probe, ...]) -> None:
    failed = _failed(visit, probes)
    if failed:
        raise RuntimeError(f"measured nothing, because checks failed: {'; '.join(failed)}")


def _failed(visit: Visit, probes: tuple[Probe, ...]) -> list[str]:
    with closing(Survey(probes, visit)) as survey:
        return [str(reading) for reading in survey.readings() if reading.ok is False]


def _median(count: int, work: Callable[[], object]) -> str:
    seconds = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        work()
        seconds.append(time.monotonic() - began)
    shown = ", ".join(f"{each:.2f}" for each in seconds)
    return f"{count} checks, median {statistics.median(seconds):.2f} s ({shown})"


def _toml(target: Target) -> str:
    given = {field.name: getattr(target, field.name) for field in fields(target)}
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in given.items() if value is not None)
