"""Begin a run of checks or drills: read its inputs, refuse bad ones, and load the parts of the plugin it needs."""

from __future__ import annotations

import math
import signal
from pathlib import Path
from uuid import uuid4

import pytest

from drills import runbook
from drills.drill.shards import ShardError, shard_of
from drills.plugin import fixture_steps, fixtures, seed
from drills.plugin.chosen import chosen_causes
from drills.plugin.earlier_run import checks_left, drills_left, recover
from drills.plugin.output import OutputError, claim, usable
from drills.plugin.results import Results, write_beside
from drills.plugin.state import (
    CHECKS_LEFT,
    DESCRIPTOR,
    DRILLS_LEFT,
    RUN_ID,
    RUNBOOK,
    SANDBOX,
    SETTINGS,
    TARGET,
    asks_for_drills,
    folders_of,
    has_runbook,
    may_hold_checks,
    may_hold_drills,
    suite_of,
)
from drills.plugin.workers import RUN, SIGNALS, Workers, end, end_once, listen_to
from drills.runbook import RunbookError
from drills.runbook.placeholders import filled
from drills.runbook.rules import render
from drills.sandbox import descriptor
from drills.sandbox.errors import SandboxError
from drills.settings import SettingsError, settings

UNUSABLE = pytest.ExitCode.USAGE_ERROR
"""What a run ends with that was given something it cannot use."""
NO_TARGET = "checks need --target: a name in targets.toml, a URL, a TOML file, or 'sandbox' for the own stack"
MARKERS = (
    "sandbox: needs a Docker engine and boots a sandbox",
    "drill(cause): drills one cause of the runbook, such as '5.1'",
    "headline: the drill that stands for its incident",
    "exclusive(weight=1): run beside no other such drill, beside none where there are only two slots",
    "mutation: breaks one thing of the sandbox, to prove that a check can fail",
    'writes: leaves data behind in the target (leave out: -m "not writes")',
    "slow: a check or a test that takes minutes; only tried where -m names it",
    "disruptive: a check that breaks something for a moment; refused outside of a sandbox",
)


def begin(config: pytest.Config) -> None:
    """Refuse bad input before anything is started; let signals run every clean-up, which pytest alone would not."""
    for line in MARKERS:
        config.addinivalue_line("markers", line)
    config.stash[RUN_ID] = run_id(config)
    seed.choose(config)
    try:
        _read(config)
        _read_target(config)
        _require(config)
    except (RunbookError, SandboxError, SettingsError, OutputError, ShardError) as error:
        pytest.exit(str(error), returncode=UNUSABLE)
    _handle_signals(config)
    _register(config)


def run_id(config: pytest.Config) -> str:
    """Return a new id for this run; a worker has the id of the run that it belongs to."""
    given: str | None = getattr(config, "workerinput", {}).get(RUN)
    return given or uuid4().hex


def _require(config: pytest.Config) -> None:
    """Refuse what was read and does not fit together, and claim the output folder for this run."""
    option = config.option
    if not 1 <= option.time_scale < math.inf:
        pytest.exit(f"--time-scale must be 1 (real time) or more, not {option.time_scale:g}", returncode=UNUSABLE)
    if option.shard is not None:
        shard_of(option.shard)
    if option.target is None and not option.collectonly and may_hold_checks(config):
        pytest.exit(NO_TARGET, returncode=UNUSABLE)
    if asks_for_drills(config) and not may_hold_drills(config):
        why = "no test that was named is a drill" if has_runbook(config) else "no runbook is named: give --runbook FILE"
        pytest.exit(f"--cause, --arm and --shard choose drills, and {why}", returncode=UNUSABLE)
    if not (may_hold_checks(config) or may_hold_drills(config)):
        option.output = Path(option.output)
        return
    option.output = usable(option.output)
    if not hasattr(config, "workerinput"):
        config.add_cleanup(claim(option.output))


def _read(config: pytest.Config) -> None:
    chosen = config.stash[SETTINGS] = settings(config.rootpath)
    option = config.option
    option.output = chosen.path(chosen.output) if option.output is None else option.output
    option.runbook_given = option.runbook is not None
    option.runbook = option.runbook or (chosen.path(chosen.runbook) if chosen.runbook else None)
    option.stack = option.stack or (chosen.path(chosen.stack) if chosen.stack else None)
    if option.runbook is not None:
        config.stash[RUNBOOK] = runbook.load(option.runbook)
        chosen_causes(config.stash[RUNBOOK], option.cause)
    if option.stack is not None:
        config.stash[DESCRIPTOR] = descriptor.read(option.stack)
        if has_runbook(config):
            config.stash[RUNBOOK] = filled(config.stash[RUNBOOK], config.stash[DESCRIPTOR].placeholders)
            render(config.stash[RUNBOOK], config.stash[DESCRIPTOR].expressions, option.time_scale)


def _read_target(config: pytest.Config) -> None:
    """Read the target that is named, and check that its host answers; most runs name none and import nothing for it."""
    option, suite_settings = config.option, config.stash[SETTINGS]
    if option.target in (None, SANDBOX):
        return
    from drills.checks.definition import OF_TARGET  # noqa: PLC0415
    from drills.checks.health.endpoints.asking import endpoint_checks  # noqa: PLC0415
    from drills.checks.target import TargetError, with_webhook  # noqa: PLC0415
    from drills.checks.target_file import load_target, require_ca_file, require_host  # noqa: PLC0415

    try:
        named = load_target(option.target, suite_settings.path(suite_settings.targets), suite_of(config).target_type)
        config.stash[TARGET] = with_webhook(named, option.webhook)
        if named.runbook is not None and not option.runbook_given:
            option.runbook = Path(named.runbook)
            config.stash[RUNBOOK] = runbook.load(option.runbook)
        OF_TARGET.update({one.name: one for one in endpoint_checks(config.stash[TARGET])})
        require_ca_file(config.stash[TARGET])
        require_host(config.stash[TARGET])
    except TargetError as error:
        pytest.exit(f"{error} ('sandbox' is the own stack.)", returncode=UNUSABLE)


def _handle_signals(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        listen_to((signal.SIGINT, *SIGNALS), end_once)
    else:
        listen_to(SIGNALS, end)
        config.pluginmanager.register(Workers(config.stash[RUN_ID]), "drills-workers")


def _register(config: pytest.Config) -> None:
    """Load the parts that this run needs: a run of other tests waits for none of them."""
    config.pluginmanager.register(fixtures, "drills-fixtures")
    if has_runbook(config) and may_hold_checks(config):
        from drills.plugin import checks  # noqa: PLC0415

        config.pluginmanager.register(checks, "drills-checks")
    if may_hold_checks(config) or may_hold_drills(config):
        config.pluginmanager.register(seed, "drills-seed")
        config.pluginmanager.register(fixture_steps, "drills-fixture-steps")
        _record(config)  # after the checks, which add to the results that it moves, and before drills publish them
    if may_hold_drills(config):
        from drills.plugin import drills  # noqa: PLC0415

        config.pluginmanager.register(drills, "drills-drills")


def _record(config: pytest.Config) -> None:
    """Say where this run is recorded, and look what an earlier run left there, before anything of this one is."""
    output: Path = config.option.output
    if not hasattr(config, "workerinput"):
        recover(output)
    write_beside(config)
    checks = config.stash[SETTINGS].checks
    others = {name.removesuffix(".py") for name in folders_of(config)} - {checks}
    config.stash[DRILLS_LEFT] = drills_left(output, config.stash[RUN_ID], others)
    config.stash[CHECKS_LEFT] = checks_left(output, config.stash[RUN_ID], {checks})
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(config), "drills-results")
