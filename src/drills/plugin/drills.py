"""Choose the drills of a run, hold them, and leave a report of what was proved and what was not drilled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from drills.common.files import write_text
from drills.common.redactor import scan
from drills.drill.coverage import coverage, dealt, drilled_cause
from drills.plugin.capacity import Capacity
from drills.plugin.check_outcomes import Count
from drills.plugin.coverage_gate import Gate
from drills.plugin.experiment import Experiment
from drills.plugin.options import no_ground
from drills.plugin.slots import AT_LEAST, slots
from drills.plugin.state import BOOK, SANDBOX_POOL, SETTINGS
from drills.record.format import RecordError
from drills.record.verdicts import Arm
from drills.reports.allure_html import write_environment
from drills.reports.publish import RESULTS, publish
from drills.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Generator

    from drills.drill.sandbox_pool import SandboxPool

EXCLUSIVE = "busy"
SLOTS = "places"
CAPACITY = pytest.StashKey[Capacity]()
NOTES = pytest.StashKey[list[str]]()
LEAKS = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Turn a run red in which every drill was left out: that proves nothing."""
    config.pluginmanager.register(Count(config.stash[SETTINGS].scenarios), "drills-count")
    shared = getattr(config, "workerinput", {}).get(SLOTS, AT_LEAST)  # who is alone needs no more
    config.stash[CAPACITY] = Capacity(config.option.output / ".places", shared)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Gate(config.stash[BOOK], config.stash[SETTINGS]), "drills-gate")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Answer `-n auto`: as many sandboxes as this machine has places for."""
    return slots(Path(config.option.runbook))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell every worker how many places they share: each would see another speed beside the others."""
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
    found = coverage(config.stash[BOOK], drills.values())
    write_text(config.option.output / "coverage.json", json.dumps(found, indent=2) + "\n")
    wanted = set(config.option.cause)
    undrilled = sorted(wanted - set(drills.values()))
    if undrilled:
        raise pytest.UsageError(
            f"cause {', '.join(undrilled)} is in the runbook but has no drill yet; "
            f"there are drills for {', '.join(found['drilled'])}"
        )
    if wanted:
        left_out = [item for item, cause in drills.items() if cause not in wanted]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _exclusive(item: pytest.Item | None) -> bool:
    return item is not None and item.get_closest_marker(EXCLUSIVE) is not None


def _weight(item: pytest.Item) -> int:
    marker = item.get_closest_marker(EXCLUSIVE)
    return int(marker.kwargs.get("weight", 1)) if marker else 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Let others in after a drill, but not between two that keep the machine busy."""
    try:
        return (yield)
    finally:
        if not (_exclusive(item) and _exclusive(nextitem)):
            item.config.stash[CAPACITY].leave()


@pytest.fixture
def run_drill(request: pytest.FixtureRequest, sandbox_pool: SandboxPool) -> Experiment:
    """Hold a scenario in the arms that --arm names; raises what the scenario's verdict makes of the test."""
    config = request.config
    chosen = config.option.arm
    arms = tuple(Arm) if chosen == "all" else (Arm(chosen),)
    config.stash[CAPACITY].enter(exclusive=_exclusive(request.node), weight=_weight(request.node))
    try:
        sandbox_pool.system()  # only now: to boot keeps the machine busy, too
    except SandboxError as error:
        no_ground(config, error)
    return Experiment(sandbox_pool, config.stash[BOOK], arms, config.option.output)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look for leaked secrets where they are known, and publish from the one process that sees the whole run."""
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
    found = getattr(node, "workeroutput", {}).get("leaks", [])
    node.config.stash[LEAKS] = [*node.config.stash.get(LEAKS, []), *found]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say where the reports are."""
    for note in config.stash.get(NOTES, []):
        terminalreporter.write_line(note)


def _publish(config: pytest.Config) -> tuple[list[str], bool]:
    """Return what there is to say of the reports, and whether all of them could be made: nobody signs a part."""
    runbook = config.stash[BOOK]
    facts = {"runbook": runbook.path.name, "sha256": runbook.sha256, "time scale": f"{config.option.time_scale:g}"}
    write_environment(config.option.output / RESULTS, facts)
    try:
        made = publish(config.option.output)
    except RecordError as error:
        return [str(error)], False
    reports = [f"report: {path}" for path in made.paths if path.suffix in (".md", ".html", ".json")]
    return [*made.problems, *made.notes, *reports], not made.problems
