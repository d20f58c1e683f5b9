"""Write the results of a run's tests beside those of an earlier one, and move them there when something was judged."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest

from drills.plugin.earlier_run import RESULTS, forget_others, run_folder
from drills.plugin.state import CHECKS_LEFT, DRILLS_LEFT, RUN_ID
from drills.plugin.time_limits import CAUSE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


UNFINISHED: Final = ".tmp"
"""What Allure is writing in another process: it gets its name when it is whole."""


class Results:
    """Moves the results of all processes of a run, in the one that sees the whole run."""

    def __init__(self, config: pytest.Config) -> None:
        self._output: Path = config.option.output
        self._run_id = config.stash[RUN_ID]
        self._written = run_folder(self._output, self._run_id)
        self._kinds = (config.stash[DRILLS_LEFT], config.stash[CHECKS_LEFT])
        self._drilled = False

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Move what is written, as soon as all of it may stand: a run that is killed later has left it."""
        self._drilled |= CAUSE in dict(report.user_properties)
        if all(kind.gives_way() for kind in self._kinds):
            self._move()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Move what may stand beside what an earlier run left, and forget the rest but the records of drills."""
        self._move()
        shutil.rmtree(self._written / RESULTS, ignore_errors=True)
        if any(kind.replaced() for kind in self._kinds):
            forget_others(self._output, self._run_id)
        for folder in (*self._written.glob("*"), self._written):
            with suppress(OSError):  # it is not empty, or was never made
                folder.rmdir()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say that drills proved nothing new, and where the record of one that was broken off is."""
        if not self._drilled or self._kinds[0].gives_way():
            return
        left = f"No drill was judged, so what an earlier run left in {self._output} stays as it was."
        terminalreporter.write_line(left, yellow=True)
        for folder in sorted(self._written.glob("*/*")):
            terminalreporter.write_line(f"not judged: {folder}")

    def _move(self) -> None:
        for path in list(self._may_stand()):
            (self._output / RESULTS).mkdir(exist_ok=True)
            with suppress(FileNotFoundError):
                path.rename(self._output / RESULTS / path.name)

    def _may_stand(self) -> Iterator[Path]:
        written = self._written / RESULTS
        held_back = set().union(*(kind.results_in(written) for kind in self._kinds if not kind.gives_way()))
        whole = (path for path in written.glob("*") if path.suffix != UNFINISHED)
        yield from (path for path in whole if path not in held_back)


def write_beside(config: pytest.Config) -> None:
    """Have Allure's results of this run written beside those of an earlier one, where no other folder is named."""
    if config.option.allure_report_dir is None:
        config.option.allure_report_dir = str(run_folder(config.option.output, config.stash[RUN_ID]) / RESULTS)
