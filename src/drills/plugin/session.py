"""Begin a run of checks or drills: read its inputs, refuse bad ones, and load the parts of the plugin it needs."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, NoReturn

import pytest

from drills import runbook
from drills.plugin import fixtures
from drills.plugin.earlier_run import forget
from drills.plugin.state import (
    DESCRIPTOR,
    RUNBOOK,
    SANDBOX,
    SETTINGS,
    TARGET,
    has_runbook,
    holds_scenarios,
    may_hold_checks,
    may_hold_drills,
    suite_of,
)
from drills.plugin.workers import Workers, end_once
from drills.runbook import RunbookError
from drills.runbook.rules import render
from drills.sandbox import descriptor
from drills.sandbox.errors import SandboxError
from drills.settings import SettingsError, settings

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

NO_TARGET = "checks need --target: a name in targets.toml, a URL, a TOML file, or 'sandbox' for the own stack"
MARKERS = (
    "sandbox: needs a Docker engine and boots a sandbox",
    "drill(cause): drills one cause of the runbook, such as '5.1'",
    "headline: the drill that stands for its incident",
    "exclusive(weight=1): run beside no other such drill, beside none where there are only two slots",
    "mutation: breaks one thing of the sandbox, to prove that a check can fail",
    'writes: leaves data behind in the target (leave out: -m "not writes")',
)


def begin(config: pytest.Config) -> None:
    """Refuse bad input before anything is started; let SIGTERM run every clean-up, which pytest alone would not."""
    for line in MARKERS:
        config.addinivalue_line("markers", line)
    try:
        _read(config)
        _read_target(config)
    except (RunbookError, SandboxError) as error:
        pytest.exit(str(error), returncode=2)
    except SettingsError as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)
    if not config.option.time_scale >= 1:
        pytest.exit(f"--time-scale must be 1 (real time) or more, not {config.option.time_scale:g}", returncode=2)
    if config.option.target is None and not config.option.collectonly and may_hold_checks(config):
        pytest.exit(NO_TARGET, returncode=pytest.ExitCode.USAGE_ERROR)
    _handle_signals(config)
    _register(config)


def _read(config: pytest.Config) -> None:
    chosen = config.stash[SETTINGS] = settings(config.rootpath)
    option = config.option
    option.output = option.output or chosen.path(chosen.output)
    option.runbook = option.runbook or (chosen.path(chosen.runbook) if chosen.runbook else None)
    option.stack = option.stack or (chosen.path(chosen.stack) if chosen.stack else None)
    if option.runbook is not None:
        config.stash[RUNBOOK] = runbook.load(option.runbook)
        for cause in option.cause:
            config.stash[RUNBOOK].cause(cause)
    if option.stack is not None:
        config.stash[DESCRIPTOR] = descriptor.read(option.stack)
        if has_runbook(config):
            render(config.stash[RUNBOOK], config.stash[DESCRIPTOR].expressions, option.time_scale)


def _read_target(config: pytest.Config) -> None:
    """Read the target that is named, and check that its host answers; most runs name none and import nothing for it."""
    option, suite_settings = config.option, config.stash[SETTINGS]
    if option.target in (None, SANDBOX):
        return
    from drills.checks.target import TargetError, with_webhook  # noqa: PLC0415
    from drills.checks.target_file import load_target, require_host  # noqa: PLC0415

    try:
        named = load_target(option.target, suite_settings.path(suite_settings.targets), suite_of(config).target_type)
        config.stash[TARGET] = with_webhook(named, option.webhook)
        require_host(config.stash[TARGET])
    except TargetError as error:
        pytest.exit(f"{error} ('sandbox' is the own stack.)", returncode=pytest.ExitCode.USAGE_ERROR)


def _handle_signals(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        signal.signal(signal.SIGINT, end_once)
        signal.signal(signal.SIGTERM, end_once)
    else:
        signal.signal(signal.SIGTERM, _end)
        config.pluginmanager.register(Workers(), "drills-workers")


def _register(config: pytest.Config) -> None:
    """Load the parts that this run needs: a run of other tests waits for none of them."""
    config.pluginmanager.register(fixtures, "drills-fixtures")
    if has_runbook(config) and may_hold_checks(config):
        from drills.plugin import checks  # noqa: PLC0415

        config.pluginmanager.register(checks, "drills-checks")
    if may_hold_drills(config):
        from drills.plugin import drills  # noqa: PLC0415

        config.pluginmanager.register(drills, "drills-drills")
    if may_hold_checks(config) or may_hold_drills(config):
        _record(config)


def _record(config: pytest.Config) -> None:
    """Record this run alone, and say where: each of xdist's workers reads the command line anew.

    Only the process that began before the workers removes what an earlier run left, and only where tests that are
    recorded are known to come from. Elsewhere that waits until a drill was collected.
    """
    results: Path = config.option.output / "allure-results"
    if config.option.allure_report_dir is None:
        config.option.allure_report_dir = str(results)
    if hasattr(config, "workerinput"):
        return
    if holds_scenarios(config):
        forget(config)
    elif may_hold_checks(config):
        for result in results.glob("*"):
            result.unlink(missing_ok=True)


def _end(_: int, __: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt("SIGTERM")
