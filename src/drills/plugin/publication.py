"""Publish at the end of a run what was proved, and fail the run where a secret leaked or a report is not whole."""

from __future__ import annotations

from typing import Any

import pytest

from drills.common.redaction import scan
from drills.plugin.editions import summary
from drills.plugin.state import DRILLS_LEFT, REFUSED, RUNBOOK, SANDBOX_POOL
from drills.record.format import RecordError
from drills.reports.allure_html import write_environment
from drills.reports.publish import RESULTS, publish

NOTES = pytest.StashKey[list[str]]()
LEAKS = pytest.StashKey[list[str]]()


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
    elif not hasattr(config, "workerinput") and _has_run(session) and _has_drills(config):
        config.stash[NOTES], complete = _publish(config)
        if not complete and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _has_run(session: pytest.Session) -> bool:
    """Whether tests were run: a mistyped option leaves the reports of an earlier run as they are."""
    unusable = session.exitstatus == pytest.ExitCode.USAGE_ERROR
    return session.testscollected > 0 and not session.config.option.collectonly and not unusable


def _has_drills(config: pytest.Config) -> bool:
    """Whether there is a drill, and none of an earlier run's that this one has not replaced: its pages are whole."""
    earlier = config.stash.get(DRILLS_LEFT, None)
    return (config.option.output / "drills").is_dir() and (earlier is None or earlier.gives_way())


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
