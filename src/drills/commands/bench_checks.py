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

from drills.checks.definition import CheckSuite
from drills.checks.runner import CheckRunner
from drills.common.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from drills.checks.context import CheckContext
    from drills.checks.definition import Check
    from drills.checks.target import Target

ROUNDS = 5
WARM_S = 60.0
ROOMS = (CheckSuite.HEALTH, CheckSuite.SMOKE)


def measured(context: CheckContext, checks: Iterable[Check]) -> Iterator[tuple[str, str]]:
    """Yield what was measured and its figures; all of it without a browser, on a stack that has warmed up."""
    probes = tuple(one for one in checks if one.suite in ROOMS)
    _warmed_up(context, probes)
    yield "checks at once", _median(len(probes), lambda: _at_once(context, probes))
    yield "checks in turn", _median(len(probes), lambda: [check(context) for check in probes])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "target.toml"
        file.touch(mode=0o600)  # the stack's passwords are in it
        file.write_text(_toml(context.target), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", *(f"checks/test_{suite}.py" for suite in ROOMS)]
        command += ["-q", "--target", str(file), "--output", str(Path(folder) / "output")]
        yield "pytest checks", _median(len(probes), lambda: subprocess.run(command, capture_output=True, check=True))


def _warmed_up(context: CheckContext, probes: tuple[Check, ...]) -> None:
    """Return when every check passes: those who watch a stack take a moment to forget that it was not there."""
    wait_until(
        lambda: _failed(context, probes),
        done=lambda failed: not failed,
        deadline_s=WARM_S,
        expected="every check to pass",
        where=context.target.front_url,
        next_step="see why these fail",
    )


def _at_once(context: CheckContext, probes: tuple[Check, ...]) -> None:
    failed = _failed(context, probes)
    if failed:
        raise RuntimeError(f"measured nothing, because checks failed: {'; '.join(failed)}")


def _failed(context: CheckContext, probes: tuple[Check, ...]) -> list[str]:
    with closing(CheckRunner(probes, context)) as runner:
        return [str(check_result) for check_result in runner.check_results() if check_result.ok is False]


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
