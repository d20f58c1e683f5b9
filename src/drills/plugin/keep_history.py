"""Add what a run of drills found out to the suite's history, where its settings name one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.common.waiting import WaitTimeout
from drills.plugin.state import DRILLS_LEFT
from drills.record.format import RecordError
from drills.reports.history import add
from drills.reports.history_lines import lines_of
from drills.reports.trend import trends

if TYPE_CHECKING:
    from pathlib import Path

    from drills.reports.history import Line


class KeepHistory:
    """Adds the lines in the process that sees the whole run, and says which rows are worse than before."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._notes: list[str] = []
        self._problem = ""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Add a line for each row that was drilled; a run whose lines cannot be kept is red."""
        config = session.config
        if config.option.collectonly or not config.stash[DRILLS_LEFT].replaced():
            return
        try:
            self._add(config)
        except (RecordError, WaitTimeout, OSError) as error:
            self._problem = f"history: {error}"
            if session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which rows are worse than before, or why nothing was kept."""
        if self._problem:
            terminalreporter.write_line(self._problem, red=True)
        for note in self._notes:
            terminalreporter.write_line(f"worse than before: {note}", yellow=True)

    def _add(self, config: pytest.Config) -> None:
        lines = lines_of(config.option.output)
        kept = add(self._path, lines, name=str(config.option.output))
        self._notes = _worse(kept, lines)


def _worse(kept: tuple[Line, ...], lines: list[Line]) -> list[str]:
    """Return the sentences about rows of this run: that another row got worse earlier was said then."""
    keys = {line.key for line in lines}
    return [sentence for trend in trends(kept) if trend.last.key in keys for sentence in trend.worse]
