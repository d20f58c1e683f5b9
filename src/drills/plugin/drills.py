"""Choose the drills of a run, give tests `run_drill`, and publish what was proved and what was not drilled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from drills.common.files import write_text
from drills.common.redaction import scan
from drills.drill.coverage import CoverageError, coverage, dealt
from drills.drill.experiment import Experiment
from drills.drill.listener import Console, Listeners
from drills.plugin.capacity import Capacity
from drills.plugin.check_outcomes import Count
from drills.plugin.coverage_gate import Gate
from drills.plugin.earlier_run import forget
from drills.plugin.experiment import AllureListener, RunDrill
from drills.plugin.fixtures import no_sandbox, past_capture
from drills.plugin.slots import AT_LEAST, slots
from drills.plugin.state import RUNBOOK, SANDBOX_POOL, SETTINGS, holds_scenarios
from drills.record.format import RecordError
from drills.record.verdicts import Arm
from drills.reports.allure_html import write_environment
from drills.reports.publish import RESULTS, publish
from drills.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Generator

    from drills.drill.sandbox_pool import SandboxPool

EXCLUSIVE = "exclusive"
SLOTS = "slots"
RUN = "run"
FIRST_WORKER = "gw0"
CAPACITY = pytest.StashKey[Capacity]()
NOTES = pytest.StashKey[list[str]]()
LEAKS = pytest.StashKey[list[str]]()
RUN_ID = pytest.StashKey[str]()
"""Shared by all workers of a parallel run, so that arms are judged beside the placebos of their own run only."""


def pytest_configure(config: pytest.Config) -> None:
    """Turn a run red in which every drill was left out: that proves nothing."""
    config.pluginmanager.register(Count(config.stash[SETTINGS].scenarios), "drills-count")
    config.stash[RUN_ID] = run_id(config)
    shared = getattr(config, "workerinput", {}).get(SLOTS, AT_LEAST)  # one process needs no more
    config.stash[CAPACITY] = Capacity(config.option.output / ".slots", shared)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Gate(config.stash[RUNBOOK], config.stash[SETTINGS]), "drills-gate")


def run_id(config: pytest.Config) -> str:
    """Return a new id for this run; a worker has been told that of its run."""
    told: str | None = getattr(config, "workerinput", {}).get(RUN)
    return told or str(uuid4())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Answer `-n auto`: as many sandboxes as this machine has slots for."""
    return slots(Path(config.option.runbook))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Send every worker the run's id and the number of slots: each would measure another speed beside the others."""
    node.workerinput[RUN] = node.config.stash[RUN_ID]
    node.workerinput[SLOTS] = slots(Path(node.config.option.runbook))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Choose the drills of this run, and when -m has left out its part, deal them out to a parallel run's workers."""
    _choose(config, items)
    yield
    if hasattr(config, "workerinput"):
        items[:] = dealt(items, set(filter(_exclusive, items)))


def _choose(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the drills that --cause names; before -m leaves any out, write down which there are."""
    drills = {item: cause for item in items if (cause := drilled_cause(item))}
    if not drills:
        return
    if not holds_scenarios(config) and _collects_first(config):
        forget(config)
    try:
        covered = coverage(config.stash[RUNBOOK], drills.values())
    except CoverageError as error:
        raise pytest.UsageError(str(error)) from None
    write_text(config.option.output / "coverage.json", json.dumps(covered, indent=2) + "\n")
    wanted = set(config.option.cause)
    undrilled = sorted(wanted - set(drills.values()))
    if undrilled:
        raise pytest.UsageError(
            f"cause {', '.join(undrilled)} is in the runbook but has no drill yet; "
            f"there are drills for {', '.join(covered['drilled'])}"
        )
    if wanted:
        left_out = [item for item, cause in drills.items() if cause not in wanted]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def drilled_cause(item: pytest.Item) -> str | None:
    """Return the cause that a test says it drills, or None for a test that is no drill; UsageError for a bad marker."""
    marker = item.get_closest_marker("drill")
    if marker is None:
        return None
    if len(marker.args) != 1:
        raise pytest.UsageError(f"{item.nodeid}: the drill marker names exactly one cause, as in drill('5.1')")
    return str(marker.args[0])


def _collects_first(config: pytest.Config) -> bool:
    """Whether no drill of this run has begun: all workers collect before, but one that replaces a crashed worker."""
    worker: str = getattr(config, "workerinput", {}).get("workerid", FIRST_WORKER)
    return worker == FIRST_WORKER


def _exclusive(item: pytest.Item | None) -> bool:
    return item is not None and item.get_closest_marker(EXCLUSIVE) is not None


def _weight(item: pytest.Item) -> int:
    marker = item.get_closest_marker(EXCLUSIVE)
    return int(marker.kwargs.get("weight", 1)) if marker else 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Let other workers in after a drill, but not between two exclusive ones."""
    try:
        return (yield)
    finally:
        if not (_exclusive(item) and _exclusive(nextitem)):
            item.config.stash[CAPACITY].leave()


@pytest.fixture
def run_drill(request: pytest.FixtureRequest, sandbox_pool: SandboxPool) -> RunDrill:
    """Run a scenario in the arms that --arm names; the test fails where the verdict is not the expected one."""
    config = request.config
    chosen = config.option.arm
    config.stash[CAPACITY].enter(exclusive=_exclusive(request.node), weight=_weight(request.node))
    try:
        sandbox_pool.system()  # only now: to boot a sandbox takes as much of the machine as a drill
    except SandboxError as error:
        no_sandbox(config, error)
    return RunDrill(
        Experiment(
            sandbox_pool,
            config.stash[RUNBOOK],
            tuple(Arm) if chosen == "all" else (Arm(chosen),),
            config.option.output,
            Listeners(Console(past_capture(config)), AllureListener()),
            config.stash[RUN_ID],
        )
    )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look for leaked secrets in the process that knows them, and publish from the one that sees the whole run."""
    config = session.config
    sandbox_pool = config.stash.get(SANDBOX_POOL, None)
    leaks = [
        *config.stash.get(LEAKS, []),
        *map(str, scan([config.option.output], sandbox_pool.secrets) if sandbox_pool else []),
    ]
    if hasattr(config, "workeroutput"):
        config.workeroutput["leaks"] = leaks  # only a worker knows its sandbox's secrets, only its controller can fail
    if leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        config.stash[NOTES] = [f"A secret of the sandbox stands in {', '.join(leaks)}: not published."]
    elif not hasattr(config, "workerinput") and (config.option.output / "drills").is_dir():
        config.stash[NOTES], complete = _publish(config)
        if not complete and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of a parallel run found to be leaked."""
    leaks = getattr(node, "workeroutput", {}).get("leaks", [])
    node.config.stash[LEAKS] = [*node.config.stash.get(LEAKS, []), *leaks]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say where the reports are."""
    for note in config.stash.get(NOTES, []):
        terminalreporter.write_line(note)


def _publish(config: pytest.Config) -> tuple[list[str], bool]:
    """Return what there is to say of the reports, and whether all of them could be made: a part is not signed."""
    runbook = config.stash[RUNBOOK]
    facts = {"runbook": runbook.path.name, "sha256": runbook.sha256, "time scale": f"{config.option.time_scale:g}"}
    write_environment(config.option.output / RESULTS, facts)
    try:
        made = publish(config.option.output)
    except RecordError as error:
        return [str(error)], False
    reports = [f"report: {path}" for path in made.paths if path.suffix in (".md", ".html", ".json")]
    return [*made.problems, *made.notes, *reports], not made.problems
