"""Turn a run of all drills red that left something of the runbook untried."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from drills.drill import waivers
from drills.drill.coverage import undrilled, unexecuted
from drills.plugin.state import DRILLS_LEFT
from drills.record.reader import FILE, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.record.history import History
    from drills.runbook import Runbook
    from drills.settings import Settings


COVERAGE = pytest.StashKey[dict[str, Any]]()
"""Which causes there are and which have a drill, in a process that collected."""


class Gate:
    """The coverage gate of one run, in the process that controls the workers."""

    def __init__(self, runbook: Runbook, settings: Settings) -> None:
        self._folder = settings.path(Path(settings.scenarios)).resolve()
        self._waivers = settings.path(settings.waivers)
        self._runbook = runbook
        self._found: list[str] = []
        self._excused: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look for what was left out: causes when all drills were collected, commands when all were run."""
        output: Path = session.config.option.output
        if not collects_all(session.config, self._folder):
            return
        try:
            self._compare(
                _drilled(session.config, output / "coverage.json"),
                _histories(output / "drills") if _runs_all(session.config) else None,
            )
        except (OSError, ValueError) as error:
            self._found.append(str(error))
        if self._found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what is left out, and what is waived."""
        for sentence in self._found:
            terminalreporter.write_line(f"coverage: {sentence}", red=True)
        for sentence in self._excused:
            terminalreporter.write_line(f"waived: {sentence}", yellow=True)

    def _compare(self, drilled: list[str], histories: Iterable[History] | None) -> None:
        """Compare the document with the drills and, where all were run, with what they typed."""
        today, all_waivers = datetime.now(UTC).date(), _read(self._waivers)
        excused = waivers.waived(all_waivers, today)
        missing = undrilled(self._runbook, drilled)
        causes = {cause.id for cause in self._runbook.causes}
        self._found = [sentence for cause, sentence in missing.items() if cause not in excused]
        self._found += waivers.over(all_waivers, today)
        self._excused = [f"{waiver.what}: {waiver.reason}" for waiver in all_waivers if waiver.what in missing]
        if histories is not None:
            left = unexecuted(self._runbook, histories, without=missing)
            of_commands = [waiver for waiver in all_waivers if waiver.what not in causes]
            self._found += waivers.unexcused(left, of_commands, today)
            excusing = waivers.excusing(left, of_commands, today)
            self._excused += [f"`{waiver.what}` was not executed: {waiver.reason}" for waiver in excusing]


def _drilled(config: pytest.Config, path: Path) -> list[str]:
    """Return the causes that have a drill; the workers of a parallel run collect elsewhere, and write them down."""
    found = config.stash.get(COVERAGE, None)
    if found is None and not config.stash[DRILLS_LEFT].replaced():
        raise ValueError(f"{path}: it is not of this run, which collected or judged no drill")
    if found is None:
        found = json.loads(path.read_text(encoding="utf-8"))
    drilled: list[str] = found["drilled"]
    return drilled


def collects_all(config: pytest.Config, folder: Path) -> bool:
    """Whether every drill of the suite is collected, those that -m and -k then leave out included."""
    return names_all(config, folder) and not config.option.cause


def names_all(config: pytest.Config, folder: Path) -> bool:
    """Whether every module with drills is imported, those that --cause then leaves out included."""
    return any(Path(arg).resolve() in (folder, folder.parent) for arg in config.args)


def _runs_all(config: pytest.Config) -> bool:
    option = config.option
    return not (option.markexpr or option.keyword or option.collectonly or option.shard) and option.arm == "all"


def _read(path: Path) -> tuple[waivers.Waiver, ...]:
    """Read the waivers; a suite that excuses nothing needs no file that says so."""
    return waivers.read(path) if path.exists() else ()


def _histories(folder: Path) -> Iterator[History]:
    for path in sorted(folder.glob(f"*/{FILE}")):
        yield read(path.parent)
