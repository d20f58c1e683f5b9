"""Select the drills of a run: those that the command line names, dealt out to the workers of a parallel run."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drills.drill.coverage import CoverageError, coverage, dealt
from drills.plugin import part
from drills.plugin.chosen import chosen_causes, missing_drills, without_original
from drills.plugin.coverage_gate import COVERAGE, names_all
from drills.plugin.drill_markers import drills_of, exclusive, leave_out
from drills.plugin.editions import chosen_editions
from drills.plugin.faults import known_faults
from drills.plugin.state import DESCRIPTOR, REFUSED, RUNBOOK, SETTINGS
from drills.plugin.time_limits import limit
from drills.record.verdicts import Arm
from drills.sandbox.descriptor import misspelt

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Choose the drills of this run, and when -m has left out its part, deal them out to a parallel run's workers."""
    with _refusing(config, items):
        _choose(config, items)
        yield  # what pytest itself refuses here, such as a marker that is not there, is refused as well
        _leave_out_without_original(config, items)
        part.leave_out_others(config, items)
    if hasattr(config, "workerinput"):
        items[:] = dealt(items, set(filter(exclusive, items)))


@contextmanager
def _refusing(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Let a worker of a parallel run refuse by its controller: an error of its own would look like a crash."""
    try:
        yield
    except pytest.UsageError as error:
        if not hasattr(config, "workerinput"):
            raise
        config.stash[REFUSED] = str(error)
        items.clear()


def _choose(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the drills that --cause names; before -m leaves any out, remember which there are."""
    drills = drills_of(items)
    wanted = chosen_causes(config.stash[RUNBOOK], config.option.cause)
    if not drills and not wanted:
        return
    try:
        covered = config.stash[COVERAGE] = coverage(config.stash[RUNBOOK], drills.values())
    except CoverageError as error:
        raise pytest.UsageError(str(error)) from None
    limit(config, drills)
    suite = config.stash[SETTINGS]
    folder = suite.path(Path(suite.scenarios))
    faults = known_faults(whole=names_all(config, folder.resolve()))
    wrong = misspelt(config.stash[DESCRIPTOR], faults) if DESCRIPTOR in config.stash else None
    if wrong:
        raise pytest.UsageError(wrong)
    missing = [cause for cause in wanted if cause not in drills.values()]
    if missing:
        raise pytest.UsageError(missing_drills(missing, covered["drilled"], folder))
    if wanted:
        leave_out(config, items, [item for item, cause in drills.items() if cause not in wanted])
    if config.option.editions:
        edited = {edition.cause for edition in chosen_editions(config)}
        leave_out(config, items, [item for item in items if drills.get(item) not in edited])


def _leave_out_without_original(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the drills that have nothing to hold where --arm asks for the original row; refuse where all have."""
    drills = drills_of(items)
    if config.option.arm != Arm.ORIGINAL or not drills:
        return
    runbook = config.stash[RUNBOOK]
    named = [cause for cause, itself in chosen_causes(runbook, config.option.cause).items() if itself]
    try:
        lacking = without_original(runbook, drills.values(), named)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    leave_out(config, items, [item for item, cause in drills.items() if cause in lacking])
