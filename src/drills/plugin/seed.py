"""The seed of a run: printed, shared with the workers of a parallel run, and given to every random draw."""

from __future__ import annotations

from secrets import randbelow
from typing import Any

import pytest

from drills.common import draws

SEED: pytest.StashKey[int] = pytest.StashKey()
SHARED = "drills_seed"
"""Under what a worker is told the seed of its run."""
SEEDS = 2**32


def choose(config: pytest.Config) -> None:
    """Take the seed of this worker's run, the one that was asked for, or any; draw from it from now on."""
    given: int | None = getattr(config, "workerinput", {}).get(SHARED, config.option.seed)
    config.stash[SEED] = randbelow(SEEDS) if given is None else given
    draws.begin(config.stash[SEED])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker the seed."""
    node.workerinput[SHARED] = node.config.stash[SEED]


def pytest_report_header(config: pytest.Config) -> str:
    """Say which seed repeats the load, the data and their order."""
    return f"seed: {config.stash[SEED]} (--seed {config.stash[SEED]} makes the same random draws again)"
