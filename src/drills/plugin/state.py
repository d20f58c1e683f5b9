"""What the parts of the plugin share about one run of pytest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drills.checks.target import Target
from drills.drill.sandbox_pool import SandboxPool
from drills.runbook import Runbook
from drills.runbook.expressions import Expressions
from drills.sandbox.descriptor import Descriptor
from drills.settings import Settings

if TYPE_CHECKING:
    from drills.drill.suite import Suite

SANDBOX = "sandbox"
"""The target that stands for the suite's own stack, in a sandbox."""
SETTINGS = pytest.StashKey[Settings]()
BOOK = pytest.StashKey[Runbook]()
DESCRIPTOR = pytest.StashKey[Descriptor]()
TARGET = pytest.StashKey[Target]()
SANDBOX_POOL = pytest.StashKey[SandboxPool]()
SUITE = pytest.StashKey["Suite"]()


def suite_of(config: pytest.Config) -> Suite:
    """Return what the suite tells of its system, imported on first use: most runs of other tests never ask."""
    if SUITE not in config.stash:
        config.stash[SUITE] = config.stash[SETTINGS].load_suite()
    return config.stash[SUITE]


def expressions_of(config: pytest.Config) -> Expressions:
    """Return the PromQL of the suite's stack; none where no stack is described."""
    return config.stash[DESCRIPTOR].expressions if DESCRIPTOR in config.stash else Expressions()


def rooms_of(config: pytest.Config) -> set[str]:
    """Name the top-level folders of the suite that this run takes its tests from."""
    settings = config.stash[SETTINGS]
    root = settings.root.resolve()
    paths = [Path(str(arg).split("::")[0]).resolve() for arg in config.args]
    if any(path == root for path in paths):
        return {"tests", settings.checks, settings.scenarios}
    return {path.relative_to(root).parts[0] for path in paths if root in path.parents}
