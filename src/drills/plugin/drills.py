"""Give tests `run_drill`, which holds a drill in the slots it needs, and load the parts that choose and publish."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from drills.common.files import write_text
from drills.common.screen import columns
from drills.common.waiting import WaitTimeout
from drills.drill.arm.listener import Console, Listeners
from drills.drill.arm.run_options import RunOptions
from drills.drill.experiment import Experiment
from drills.drill.records import Records
from drills.plugin import publication, selection
from drills.plugin.capacity import Capacity, LeavesWhileWatching
from drills.plugin.check_outcomes import Count
from drills.plugin.coverage_gate import Gate
from drills.plugin.drill_markers import DRILL, exclusive, weight
from drills.plugin.earlier_run import run_folder
from drills.plugin.editions import run_editions
from drills.plugin.experiment import AllureListener, RunDrill
from drills.plugin.fixtures import no_sandbox, past_capture
from drills.plugin.keep_history import KeepHistory
from drills.plugin.part import covered
from drills.plugin.recount import Recount
from drills.plugin.run_end import RunEnd
from drills.plugin.seed import SEED
from drills.plugin.slots import AT_LEAST, available_kib, slots, workers
from drills.plugin.state import DRILLS_LEFT, RUN_ID, RUNBOOK, SETTINGS, asks_for_drills
from drills.record.verdicts import Arm
from drills.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Generator

    from drills.drill.sandbox_pool import SandboxPool
    from drills.plugin.editions import RunEditions

SLOTS = "slots"
MEMORY = "memory"
CAPACITY = pytest.StashKey[Capacity]()


def pytest_configure(config: pytest.Config) -> None:
    """Load the parts of a run of drills; one in which every drill was left out turns red, as it proves nothing."""
    config.pluginmanager.register(selection, "drills-selection")
    config.pluginmanager.register(publication, "drills-publication")  # before the gate, which judges what it leaves
    config.pluginmanager.register(_count(config), "drills-count")
    config.stash[CAPACITY] = _capacity(config)
    if not hasattr(config, "workerinput") and not config.option.editions:
        suite = config.stash[SETTINGS]
        config.pluginmanager.register(Gate(config.stash[RUNBOOK], suite), "drills-gate")
        config.pluginmanager.register(
            RunEnd(suite.path(Path(suite.scenarios)).resolve(), suite.owner), "drills-run-end"
        )
        if suite.history_path:
            config.pluginmanager.register(KeepHistory(suite.history_path), "drills-history")


def _capacity(config: pytest.Config) -> Capacity:
    """Return the slots of this process: one alone needs no more than AT_LEAST, a worker counts them again."""
    folder, told = config.option.output / ".slots", getattr(config, "workerinput", {})
    if SLOTS not in told:
        return Capacity(folder, AT_LEAST)
    return Capacity(folder, told[SLOTS], Recount(told[SLOTS], told[MEMORY], past_capture(config)))


def _count(config: pytest.Config) -> Count:
    """Count the drills, wherever they are; a run that looks at them only has none to judge."""
    option = config.option
    looks_only = option.collectonly or option.setupplan or option.setuponly
    return Count(config.stash[SETTINGS].scenarios, DRILL, asked=asks_for_drills(config) and not looks_only)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Answer `-n auto`: as many sandboxes as this machine has slots for, and one whose placebo is only watched."""
    return workers(Path(config.option.runbook))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Send every worker the number of slots they share: each would measure another speed beside the others."""
    node.workerinput[SLOTS] = slots(Path(node.config.option.runbook))
    node.workerinput[MEMORY] = available_kib()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Let other workers in after a drill, but not between two exclusive ones."""
    try:
        return (yield)
    finally:
        if not (exclusive(item) and exclusive(nextitem)):
            item.config.stash[CAPACITY].leave()


@pytest.fixture
def run_drill(request: pytest.FixtureRequest, sandbox_pool: SandboxPool) -> RunDrill | RunEditions:
    """Run a scenario in the arms that --arm names; the test fails where the verdict is not the expected one."""
    config = request.config
    chosen = config.option.arm
    try:
        config.stash[CAPACITY].enter(exclusive=exclusive(request.node), weight=weight(request.node))
    except WaitTimeout as timeout:
        pytest.fail(str(timeout), pytrace=False)
    try:
        sandbox_pool.system()  # only now: to boot a sandbox takes as much of the machine as a drill
    except SandboxError as error:
        no_sandbox(config, error)
    experiment = Experiment(
        sandbox_pool,
        config.stash[RUNBOOK],
        tuple(Arm) if chosen == "all" else (Arm(chosen),),
        Records(
            config.option.output,
            run_folder(config.option.output, config.stash[RUN_ID]),
            lambda _, judged: _replace_earlier(config, judged=judged),
        ),
        Listeners(
            Console(past_capture(config), columns()),
            AllureListener(),
            LeavesWhileWatching(config.stash[CAPACITY].leave),
        ),
        RunOptions(
            config.stash[RUN_ID],
            config.stash[SEED],
            os.getppid() if hasattr(config, "workerinput") else os.getpid(),
            config.option.full_placebo,
        ),
    )
    if config.option.editions:
        return run_editions(config, experiment)
    return RunDrill(experiment)


def _replace_earlier(config: pytest.Config, *, judged: bool) -> bool:
    """Remove what an earlier run left, when there is something to put in its place, and say what is drilled.

    Returns whether the record of an arm may stand there: one that was broken off replaces nothing.
    """
    earlier = config.stash[DRILLS_LEFT]
    if not (judged or earlier.gives_way()):
        return False
    found = json.dumps(covered(config), indent=2) + "\n"
    earlier.remove(and_then=lambda: write_text(config.option.output / "coverage.json", found))
    return True
