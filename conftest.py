"""What every room's tests share: the options, the ground that drills are held on, and the target of the checks."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

import runbook
from checks.reach import require_host
from checks.target import Target, TargetError, with_webhook
from checks.targetfile import load_target
from runbook import RunbookError
from runbook.rules import render
from scenarios.workers import Workers, end_once
from stack import descriptor
from stack.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from scenarios.drill.ground import Ground

SANDBOX = "sandbox"
NO_TARGET = "checks need --target: a name in targets.toml, a URL, a TOML file, or 'sandbox' for the own stack"
RECORDED = {"checks", "scenarios"}
"""Rooms whose runs are recorded for the report."""
TIME_SCALE = 60.0
ARMS = ("documented", "original", "placebo", "both")
HERE = Path(__file__).parent.resolve()
OUTPUT = HERE / "reports" / "output"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options of checks and drills."""
    group = parser.getgroup("runbook", "checks and drills")
    add = group.addoption
    add("--target", help="system to check: a name in targets.toml, a URL, a TOML file, or 'sandbox' for the own stack")
    add("--runbook", type=Path, default=runbook.DEFAULT_PATH, help="the runbook to prove (Markdown)")
    add("--stack", type=Path, default=descriptor.REFERENCE, help="descriptor (TOML) of the stack to drill")
    add("--cause", action="append", default=[], metavar="N.M", help="drill only this cause; may be given again")
    add(
        "--arm",
        choices=ARMS,
        default="both",
        help="which arm to hold (default both, and the original row)",
    )
    add(
        "--time-scale",
        type=float,
        default=TIME_SCALE,
        help="divide every window by this; 1 is real (default %(default)s)",
    )
    add("--keep", action="store_true", help="leave the sandbox running at the end and print how to enter it")
    add("--webhook", metavar="URL", help="tell this Slack-compatible address when a run of checks is not green")
    add("--output", type=Path, default=OUTPUT, help="folder for records and reports (default reports/output)")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse bad input before anything is started; let SIGTERM run every clean-up, which pytest alone would not."""
    config.addinivalue_line("markers", "sandbox: needs a Docker engine and boots a sandbox")
    config.addinivalue_line("markers", "drill(cause): drills one cause of the runbook, such as '5.1'")
    config.addinivalue_line("markers", "headline: the drill that stands for its incident")
    config.addinivalue_line(
        "markers", "busy(takes=1): held beside no other such drill, beside none where two places are all"
    )
    config.addinivalue_line("markers", "mutation: breaks one thing of the sandbox, to prove that a check can fail")
    try:
        config.stash[BOOK] = runbook.load(config.option.runbook)
        if config.option.target not in (None, SANDBOX):
            config.stash[TARGET] = with_webhook(load_target(config.option.target), config.option.webhook)
            require_host(config.stash[TARGET])
        for cause in config.option.cause:
            config.stash[BOOK].cause(cause)
        render(config.stash[BOOK], config.option.time_scale)
        descriptor.read(config.option.stack)
    except TargetError as error:
        pytest.exit(f"{error} ('sandbox' is the own stack.)", returncode=pytest.ExitCode.USAGE_ERROR)
    except (RunbookError, StackError) as error:
        pytest.exit(str(error), returncode=2)
    if not config.option.time_scale >= 1:
        pytest.exit(f"--time-scale must be 1 (real time) or more, not {config.option.time_scale:g}", returncode=2)
    if config.option.target is None and "checks" in rooms_of(config):
        pytest.exit(NO_TARGET, returncode=pytest.ExitCode.USAGE_ERROR)
    if hasattr(config, "workerinput"):
        signal.signal(signal.SIGINT, end_once)
        signal.signal(signal.SIGTERM, end_once)
    else:
        signal.signal(signal.SIGTERM, _end)
        config.pluginmanager.register(Workers(), "workers")
    if rooms_of(config) & RECORDED:
        _record(config)


@pytest.fixture(scope="session")
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """Give the tests of this process a sandbox with the stack, booted on first use."""
    # Whoever checks a system elsewhere every five minutes need not wait until all of the sandbox is imported.
    from scenarios.drill.ground import Ground, Options  # noqa: PLC0415

    config = request.config
    options = Options(config.stash[BOOK], config.option.stack, config.option.time_scale, config.option.keep)
    place = Ground(options, _teller(config))
    config.stash[GROUND] = place
    try:
        yield place
    finally:
        place.close()


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Target:
    """Give the checks the system that --target names."""
    config = request.config
    if TARGET in config.stash:
        return config.stash[TARGET]
    try:
        place: Ground = request.getfixturevalue("ground")
        place.replace()  # what other tests did to the last one is still told by those who watch it, minutes later
        return with_webhook(place.site().target, config.option.webhook)
    except StackError as error:
        no_ground(config, error)


def no_ground(config: pytest.Config, error: StackError) -> NoReturn:
    """End the run with one sentence; a worker of a parallel run cannot, its controller would see a crash only."""
    if hasattr(config, "workerinput"):
        pytest.fail(str(error), pytrace=False)
    pytest.exit(str(error), returncode=2)


BOOK = pytest.StashKey[runbook.Runbook]()
TARGET = pytest.StashKey[Target]()
GROUND = pytest.StashKey["Ground"]()


def rooms_of(config: pytest.Config) -> set[str]:
    """Name the top-level folders that this run takes its tests from."""
    paths = [Path(str(arg).split("::")[0]).resolve() for arg in config.args]
    if any(path == HERE for path in paths):
        return {"tests", *RECORDED}
    return {path.relative_to(HERE).parts[0] for path in paths if HERE in path.parents}


def _record(config: pytest.Config) -> None:
    """Record this run alone: what an earlier run left would be taken for this one's findings.

    Each of xdist's workers reads the command line anew, so each has to be told where Allure's results go; only the
    process that began before them removes what was there.
    """
    results: Path = config.option.output / "allure-results"
    if config.option.allure_report_dir is None:
        config.option.allure_report_dir = str(results)
    if hasattr(config, "workerinput"):
        return
    shutil.rmtree(results, ignore_errors=True)
    if "scenarios" in rooms_of(config):
        shutil.rmtree(config.option.output / "drills", ignore_errors=True)
        (config.option.output / "coverage.json").unlink(missing_ok=True)


def _teller(config: pytest.Config) -> Callable[[str], None]:
    """Return a way to speak to the person watching, past pytest's capture and from any thread."""
    with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        terminal = os.dup(sys.stderr.fileno())

    def tell(text: str) -> None:
        os.write(terminal, f"{text}\n".encode())

    return tell


def _end(_: int, __: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt("SIGTERM")
