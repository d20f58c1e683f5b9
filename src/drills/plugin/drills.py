"""Choose the drills of a run, give tests `run_drill`, and publish what was proved and what was not drilled."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from drills.common.files import write_text
from drills.common.redaction import scan
from drills.common.screen import columns
from drills.common.waiting import WaitTimeout
from drills.drill.arm.listener import Console, Listeners
from drills.drill.arm.run_options import RunOptions
from drills.drill.coverage import CoverageError, coverage, dealt
from drills.drill.experiment import Experiment
from drills.drill.scenario import fault_names
from drills.plugin.capacity import Capacity, LeavesWhileWatching
from drills.plugin.check_outcomes import Count
from drills.plugin.chosen import chosen_causes, missing_drills, without_original
from drills.plugin.coverage_gate import COVERAGE, Gate
from drills.plugin.editions import chosen_editions, run_editions, summary
from drills.plugin.experiment import AllureListener, RunDrill
from drills.plugin.fixtures import no_sandbox, past_capture
from drills.plugin.recount import Recount
from drills.plugin.run_end import RunEnd
from drills.plugin.seed import SEED
from drills.plugin.slots import AT_LEAST, available_kib, slots, workers
from drills.plugin.state import (
    DESCRIPTOR,
    DRILLS_LEFT,
    REFUSED,
    RUN_ID,
    RUNBOOK,
    SANDBOX_POOL,
    SETTINGS,
    asks_for_drills,
)
from drills.plugin.time_limits import limit
from drills.record.format import RecordError
from drills.record.verdicts import Arm
from drills.reports.allure_html import write_environment
from drills.reports.publish import RESULTS, publish
from drills.sandbox.descriptor import misspelt
from drills.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from drills.drill.sandbox_pool import SandboxPool
    from drills.plugin.editions import RunEditions

DRILL = "drill"
EXCLUSIVE = "exclusive"
SLOTS = "slots"
MEMORY = "memory"
CAPACITY = pytest.StashKey[Capacity]()
NOTES = pytest.StashKey[list[str]]()
LEAKS = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Turn a run red in which every drill was left out: that proves nothing."""
    config.pluginmanager.register(_count(config), "drills-count")
    config.stash[CAPACITY] = _capacity(config)
    if not hasattr(config, "workerinput") and not config.option.editions:
        suite = config.stash[SETTINGS]
        config.pluginmanager.register(Gate(config.stash[RUNBOOK], suite), "drills-gate")
        config.pluginmanager.register(
            RunEnd(suite.path(Path(suite.scenarios)).resolve(), suite.owner), "drills-run-end"
        )


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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Choose the drills of this run, and when -m has left out its part, deal them out to a parallel run's workers."""
    with _refusing(config, items):
        _choose(config, items)
        yield  # what pytest itself refuses here, such as a marker that is not there, is refused as well
        _leave_out_without_original(config, items)
    if hasattr(config, "workerinput"):
        items[:] = dealt(items, set(filter(_exclusive, items)))


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
    drills = _drills(items)
    wanted = chosen_causes(config.stash[RUNBOOK], config.option.cause)
    if not drills and not wanted:
        return
    try:
        covered = config.stash[COVERAGE] = coverage(config.stash[RUNBOOK], drills.values())
    except CoverageError as error:
        raise pytest.UsageError(str(error)) from None
    limit(config, drills)
    wrong = misspelt(config.stash[DESCRIPTOR], fault_names()) if DESCRIPTOR in config.stash else None
    if wrong:
        raise pytest.UsageError(wrong)
    missing = [cause for cause in wanted if cause not in drills.values()]
    if missing:
        suite = config.stash[SETTINGS]
        raise pytest.UsageError(missing_drills(missing, covered["drilled"], suite.path(Path(suite.scenarios))))
    if wanted:
        _leave_out(config, items, [item for item, cause in drills.items() if cause not in wanted])
    if config.option.editions:
        edited = {edition.cause for edition in chosen_editions(config)}
        _leave_out(config, items, [item for item in items if drills.get(item) not in edited])


def _leave_out_without_original(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the drills that have nothing to hold where --arm asks for the original row; refuse where all have."""
    drills = _drills(items)
    if config.option.arm != Arm.ORIGINAL or not drills:
        return
    runbook = config.stash[RUNBOOK]
    named = [cause for cause, itself in chosen_causes(runbook, config.option.cause).items() if itself]
    try:
        lacking = without_original(runbook, drills.values(), named)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    _leave_out(config, items, [item for item, cause in drills.items() if cause in lacking])


def _leave_out(config: pytest.Config, items: list[pytest.Item], left_out: list[pytest.Item]) -> None:
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _drills(items: list[pytest.Item]) -> dict[pytest.Item, str]:
    return {item: cause for item in items if (cause := drilled_cause(item))}


def drilled_cause(item: pytest.Item) -> str | None:
    """Return the cause that a test says it drills, or None for a test that is no drill; UsageError for a bad marker."""
    marker = item.get_closest_marker(DRILL)
    if marker is None:
        return None
    if len(marker.args) != 1:
        raise pytest.UsageError(f"{item.nodeid}: the drill marker names exactly one cause, as in drill('5.1')")
    return str(marker.args[0])


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
def run_drill(request: pytest.FixtureRequest, sandbox_pool: SandboxPool) -> RunDrill | RunEditions:
    """Run a scenario in the arms that --arm names; the test fails where the verdict is not the expected one."""
    config = request.config
    chosen = config.option.arm
    try:
        config.stash[CAPACITY].enter(exclusive=_exclusive(request.node), weight=_weight(request.node))
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
        config.option.output,
        Listeners(
            Console(past_capture(config), columns()),
            AllureListener(),
            LeavesWhileWatching(config.stash[CAPACITY].leave),
        ),
        RunOptions(config.stash[RUN_ID], config.stash[SEED], config.option.full_placebo),
    )
    if config.option.editions:
        return run_editions(config, experiment)
    return RunDrill(experiment, lambda: _replace_earlier(config))


def _replace_earlier(config: pytest.Config) -> None:
    """Remove what an earlier run left, now that there is something to put in its place, and say what is drilled."""
    found = json.dumps(config.stash[COVERAGE], indent=2) + "\n"
    config.stash[DRILLS_LEFT].remove(and_then=lambda: write_text(config.option.output / "coverage.json", found))


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
        config.workeroutput["refused"] = config.stash.get(REFUSED, "")
        config.workeroutput["leaks"] = leaks  # only a worker knows its sandbox's secrets, only its controller can fail
    if config.stash.get(REFUSED, ""):
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
    if leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        config.stash[NOTES] = [f"A secret of the sandbox stands in {', '.join(leaks)}: not published."]
    elif config.option.editions and not hasattr(config, "workerinput"):
        config.stash[NOTES] = list(summary(config))
    elif not hasattr(config, "workerinput") and _has_run(session) and (config.option.output / "drills").is_dir():
        config.stash[NOTES], complete = _publish(config)
        if not complete and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _has_run(session: pytest.Session) -> bool:
    """Whether tests were run: a mistyped option leaves the reports of an earlier run as they are."""
    unusable = session.exitstatus == pytest.ExitCode.USAGE_ERROR
    return session.testscollected > 0 and not session.config.option.collectonly and not unusable


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of a parallel run found to be leaked, and why it refuses the run."""
    said, stash = getattr(node, "workeroutput", {}), node.config.stash
    stash[LEAKS] = [*stash.get(LEAKS, []), *said.get("leaks", [])]
    stash[REFUSED] = said.get("refused") or stash.get(REFUSED, "")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say where the reports are, or why workers refused the run."""
    if config.stash.get(REFUSED, ""):
        terminalreporter.write_line(f"ERROR: {config.stash[REFUSED]}", red=True)
    for note in config.stash.get(NOTES, []):
        terminalreporter.write_line(note)


def _publish(config: pytest.Config) -> tuple[list[str], bool]:
    """Return what there is to say of the reports, and whether all of them could be made: a part is not signed."""
    runbook = config.stash[RUNBOOK]
    facts = {"runbook": runbook.path.name, "time scale": f"{config.option.time_scale:g}"}
    facts["SHA-256 begins with"] = runbook.sha256[:12]  # Allure cuts a longer value off and does not say so
    write_environment(config.option.output / RESULTS, facts)
    try:
        made = publish(config.option.output)
    except RecordError as error:
        return [str(error)], False
    reports = [f"report: {path}" for path in made.paths if path.suffix in (".md", ".html", ".json")]
    return [*made.problems, *made.notes, *reports], not made.problems
