"""The options of checks and drills, and what is refused before anything is started."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from drills import runbook
from drills.checks.preflight import require_host
from drills.checks.target import Target, TargetError, with_webhook
from drills.checks.target_file import load_target
from drills.plugin.state import BOOK, DESCRIPTOR, SANDBOX, SANDBOX_POOL, SETTINGS, TARGET, rooms_of, suite_of
from drills.plugin.workers import Workers, end_once
from drills.runbook import RunbookError
from drills.runbook.rules import render
from drills.sandbox import descriptor
from drills.sandbox.errors import SandboxError
from drills.settings import SettingsError, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from drills.drill.sandbox_pool import SandboxPool

NO_TARGET = "checks need --target: a name in targets.toml, a URL, a TOML file, or 'sandbox' for the own stack"
TIME_SCALE = 60.0
ARMS = ("documented", "original", "placebo", "all")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options of checks and drills."""
    group = parser.getgroup("drills", "checks and drills of a runbook")
    add = group.addoption
    add("--target", help="system to check: a name in targets.toml, a URL, a TOML file, or 'sandbox' for the own stack")
    add("--runbook", type=Path, help="the runbook to prove (Markdown)")
    add("--stack", type=Path, help="descriptor (TOML) of the stack to drill")
    add("--cause", action="append", default=[], metavar="N.M", help="drill only this cause; may be given again")
    add("--arm", choices=ARMS, default="all", help="which arm to hold (default all that the row has)")
    add(
        "--time-scale",
        type=float,
        default=TIME_SCALE,
        help="divide every window by this; 1 is real (default %(default)s)",
    )
    add("--keep", action="store_true", help="leave the sandbox running at the end and print how to enter it")
    add("--webhook", metavar="URL", help="tell this Slack-compatible address when a run of checks is not green")
    add("--output", type=Path, help="folder for records and reports (default: `output` in [tool.drills])")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse bad input before anything is started; let SIGTERM run every clean-up, which pytest alone would not."""
    _markers(config)
    try:
        _read(config)
    except TargetError as error:
        pytest.exit(f"{error} ('sandbox' is the own stack.)", returncode=pytest.ExitCode.USAGE_ERROR)
    except (RunbookError, SandboxError) as error:
        pytest.exit(str(error), returncode=2)
    except SettingsError as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)
    if not config.option.time_scale >= 1:
        pytest.exit(f"--time-scale must be 1 (real time) or more, not {config.option.time_scale:g}", returncode=2)
    if config.option.target is None and config.stash[SETTINGS].checks in rooms_of(config):
        pytest.exit(NO_TARGET, returncode=pytest.ExitCode.USAGE_ERROR)
    if hasattr(config, "workerinput"):
        signal.signal(signal.SIGINT, end_once)
        signal.signal(signal.SIGTERM, end_once)
    else:
        signal.signal(signal.SIGTERM, _end)
        config.pluginmanager.register(Workers(), "drills-workers")
    _register(config)


def _markers(config: pytest.Config) -> None:
    for line in (
        "sandbox: needs a Docker engine and boots a sandbox",
        "drill(cause): drills one cause of the runbook, such as '5.1'",
        "headline: the drill that stands for its incident",
        "exclusive(weight=1): held beside no other such drill, beside none where there are only two slots",
        "mutation: breaks one thing of the sandbox, to prove that a check can fail",
        'writes: leaves data behind in the target (leave out: -m "not writes")',
    ):
        config.addinivalue_line("markers", line)


def _read(config: pytest.Config) -> None:
    found = config.stash[SETTINGS] = settings(config.rootpath)
    option = config.option
    option.output = option.output or found.path(found.output)
    option.runbook = option.runbook or (found.path(found.runbook) if found.runbook else None)
    option.stack = option.stack or (found.path(found.stack) if found.stack else None)
    if option.runbook is not None:
        config.stash[BOOK] = runbook.load(option.runbook)
        for cause in option.cause:
            config.stash[BOOK].cause(cause)
    if option.target not in (None, SANDBOX):
        config.stash[TARGET] = with_webhook(load_target(option.target, found.path(found.targets)), option.webhook)
        require_host(config.stash[TARGET])
    if option.stack is not None:
        config.stash[DESCRIPTOR] = descriptor.read(option.stack)
        if BOOK in config.stash:
            render(config.stash[BOOK], config.stash[DESCRIPTOR].expressions, option.time_scale)


def _register(config: pytest.Config) -> None:
    """Load the parts that this run needs: whoever runs other tests waits for none of them."""
    found, rooms = config.stash[SETTINGS], rooms_of(config)
    if BOOK in config.stash and found.checks in rooms:
        from drills.plugin import checks  # noqa: PLC0415

        config.pluginmanager.register(checks, "drills-checks")
    if BOOK in config.stash and (found.scenarios in rooms or found.suite is None):
        from drills.plugin import drills  # noqa: PLC0415

        config.pluginmanager.register(drills, "drills-drills")
    if rooms & {found.checks, found.scenarios}:
        _record(config)


@pytest.fixture(scope="session")
def sandbox_pool(request: pytest.FixtureRequest) -> Iterator[SandboxPool]:
    """Give the tests of this process a sandbox with the stack, booted on first use."""
    # Whoever checks a system elsewhere every five minutes need not wait until all of the sandbox is imported.
    from drills.drill.sandbox_pool import Options, SandboxPool  # noqa: PLC0415

    config = request.config
    for key in ("runbook", "stack"):
        if getattr(config.option, key) is None:
            pytest.exit(f"drills need --{key} FILE, or `{key}` in [tool.drills] of pyproject.toml", returncode=4)
    options = Options(
        config.stash[BOOK], config.option.stack, config.option.time_scale, config.option.keep, suite_of(config)
    )
    pool = SandboxPool(options, _teller(config))
    config.stash[SANDBOX_POOL] = pool
    try:
        yield pool
    finally:
        pool.close()


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Target:
    """Give the checks the system that --target names."""
    config = request.config
    if TARGET in config.stash:
        return config.stash[TARGET]
    try:
        pool: SandboxPool = request.getfixturevalue("sandbox_pool")
        pool.replace()  # what other tests did to the last one is still told by those who watch it, minutes later
        return with_webhook(pool.system().target, config.option.webhook)
    except SandboxError as error:
        no_ground(config, error)


def no_ground(config: pytest.Config, error: SandboxError) -> NoReturn:
    """End the run with one sentence; a worker of a parallel run cannot, its controller would see a crash only."""
    if hasattr(config, "workerinput"):
        pytest.fail(str(error), pytrace=False)
    pytest.exit(str(error), returncode=2)


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
    if config.stash[SETTINGS].scenarios in rooms_of(config):
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
