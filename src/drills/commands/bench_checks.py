"""Measure the checks against a warm stack: all at once, one after the other, and as a person runs them."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from drills.checks.definition import CheckSuite
from drills.checks.reporting.run_result import UNHURT
from drills.checks.runner import CheckRunner
from drills.common.waiting import wait_until
from drills.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from drills.checks.context import CheckContext
    from drills.checks.definition import Check
    from drills.checks.target import Target

ROUNDS = 5
WARM_S = 60.0
SUITES = (CheckSuite.HEALTH, CheckSuite.SMOKE)


class ChecksFailed(Exception):  # noqa: N818 - what it says of the checks is its name
    """A check failed on a healthy stack; the text says which, or what pytest said."""


def measured(context: CheckContext, checks: Iterable[Check]) -> Iterator[tuple[str, str]]:
    """Yield what was measured and its figures; all of it without a browser, on a stack that has warmed up."""
    chosen = tuple(check for check in checks if check.suite in SUITES)
    _warmed_up(context, chosen)
    yield "checks at once", _median(len(chosen), lambda: _at_once(context, chosen))
    yield "checks in turn", _median(len(chosen), lambda: [check(context) for check in chosen])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "target.toml"
        file.touch(mode=0o600)  # the stack's passwords are in it
        file.write_text(_toml(context.target), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", *(f"{settings().checks}/test_{suite}.py" for suite in SUITES)]
        command += ["-q", "--target", str(file), "--output", str(Path(folder) / "output")]
        yield "pytest checks", _median(len(chosen), lambda: _as_a_person_runs_them(command))


def _warmed_up(context: CheckContext, chosen: tuple[Check, ...]) -> None:
    """Return when every check passes: exporter and Prometheus take a moment to find a stack that has just booted."""
    wait_until(
        lambda: _failed(context, chosen),
        done=lambda failed: not failed,
        deadline_s=WARM_S,
        expected="every check to pass",
        where=context.target.front_url,
        next_step="run the checks alone: pytest checks --target sandbox",
    )


def _at_once(context: CheckContext, chosen: tuple[Check, ...]) -> None:
    failed = _failed(context, chosen)
    if failed:
        raise ChecksFailed(f"measured nothing, because checks failed: {'; '.join(failed)}")


def _as_a_person_runs_them(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in UNHURT:
        raise ChecksFailed(f"measured nothing, because `pytest checks` ended with {done.returncode}: {done.stdout}")


def _failed(context: CheckContext, chosen: tuple[Check, ...]) -> list[str]:
    with closing(CheckRunner(chosen, context)) as runner:
        return [str(check_result) for check_result in runner.check_results() if check_result.ok is False]


def _median(count: int, work: Callable[[], object]) -> str:
    seconds = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        work()
        seconds.append(time.monotonic() - began)
    shown = ", ".join(f"{second:.2f}" for second in seconds)
    return f"{count} checks, median {statistics.median(seconds):.2f} s ({shown})"


def _toml(target: Target) -> str:
    given = target.model_dump(exclude_none=True, exclude={"sandbox"})
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in given.items())
