"""Share the facts of one run of pytest between the parts of the plugin, and tell which tests it takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from drills.checks.target import Target
    from drills.drill.sandbox_pool import SandboxPool
    from drills.drill.suite import Suite
    from drills.plugin.earlier_run import EarlierRun
    from drills.runbook import Runbook
    from drills.runbook.expressions import Expressions
    from drills.sandbox.descriptor import Descriptor
    from drills.settings import Settings

SANDBOX = "sandbox"
"""The target that stands for the suite's own stack, in a sandbox."""
SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
RUNBOOK: pytest.StashKey[Runbook] = pytest.StashKey()
DESCRIPTOR: pytest.StashKey[Descriptor] = pytest.StashKey()
TARGET: pytest.StashKey[Target] = pytest.StashKey()
SANDBOX_POOL: pytest.StashKey[SandboxPool] = pytest.StashKey()
RUN_ID: pytest.StashKey[str] = pytest.StashKey()
"""What all processes of one run have in common."""
REFUSED: pytest.StashKey[str] = pytest.StashKey()
"""Why a worker of a parallel run refuses it; its controller ends with that sentence."""
DRILLS_LEFT: pytest.StashKey[EarlierRun] = pytest.StashKey()
CHECKS_LEFT: pytest.StashKey[EarlierRun] = pytest.StashKey()
SUITE: pytest.StashKey[Suite] = pytest.StashKey()


def suite_of(config: pytest.Config) -> Suite:
    """Return the suite's own `Suite`, imported on first use: most runs of other tests never need it."""
    if SUITE not in config.stash:
        config.stash[SUITE] = config.stash[SETTINGS].load_suite()
    return config.stash[SUITE]


def expressions_of(config: pytest.Config) -> Expressions:
    """Return the PromQL of the suite's stack; none where no stack is described."""
    from drills.runbook.expressions import Expressions  # noqa: PLC0415

    return config.stash[DESCRIPTOR].expressions if DESCRIPTOR in config.stash else Expressions()


def folders_of(config: pytest.Config) -> set[str]:
    """Return the names of the files and folders in the suite's root from which this run takes tests."""
    root = config.stash[SETTINGS].root.resolve()
    paths = [Path(str(arg).split("::")[0]).resolve() for arg in config.args]
    if any(path == root or path in root.parents for path in paths):
        return {path.name for path in root.iterdir()}
    return {path.relative_to(root).parts[0] for path in paths if root in path.parents}


def may_hold_checks(config: pytest.Config) -> bool:
    """Whether this run takes tests from the suite's folder of checks."""
    settings = config.stash[SETTINGS]
    return settings.checks in folders_of(config) and (settings.given or config.option.target is not None)


def asks_for_drills(config: pytest.Config) -> bool:
    """Whether the command line chooses among drills."""
    return bool(config.option.cause or config.option.shard) or config.option.arm != "all"


def may_hold_drills(config: pytest.Config) -> bool:
    """Whether this run may take tests from where the drills are: anywhere, where no folder is known to hold them."""
    return has_runbook(config) and (holds_scenarios(config) or not _keeps_scenarios_apart(config))


def holds_scenarios(config: pytest.Config) -> bool:
    """Whether this run takes tests from the folder that the suite has for its drills."""
    return _keeps_scenarios_apart(config) and config.stash[SETTINGS].scenarios in folders_of(config)


def has_runbook(config: pytest.Config) -> bool:
    """Whether a runbook is known: without one there is nothing to prove."""
    return RUNBOOK in config.stash


def _keeps_scenarios_apart(config: pytest.Config) -> bool:
    settings = config.stash[SETTINGS]
    return settings.given and settings.path(Path(settings.scenarios)).exists()
