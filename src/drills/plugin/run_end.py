"""End a run of drills with the table of its verdicts, and say of each other cause why it was not drilled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.common.commit import commit_of
from drills.common.screen import columns, has_unicode
from drills.plugin.coverage_gate import collects_all
from drills.plugin.state import DESCRIPTOR, DRILLS_LEFT, RUN_ID, SETTINGS
from drills.plugin.time_limits import CAUSE
from drills.record.format import RecordError
from drills.reports.collect import collect
from drills.reports.run_end import run_end
from drills.reports.run_facts import RunFacts, write_run_facts

if TYPE_CHECKING:
    from pathlib import Path

    from drills.reports.collect import Run

SKIPPED = "Skipped: "


class RunEnd:
    """Remembers why drills were left out, and shows what the others proved, where the whole run is seen."""

    def __init__(self, scenarios: Path, owner: str) -> None:
        self._scenarios = scenarios
        self._owner = owner
        self._red: list[str] = []
        self._why: dict[str, str] = {}
        self._run: Run | None = None
        self._not_drilled: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the reason of a drill that was skipped, or that failed."""
        cause = dict(report.user_properties).get(CAUSE)
        if cause and report.skipped and isinstance(report.longrepr, tuple):
            self._why[str(cause)] = report.longrepr[2].removeprefix(SKIPPED).removeprefix(f"{cause} ")
        elif cause and report.failed:
            self._why[str(cause)] = "because it failed before an arm was judged"
            self._red.append(str(cause))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Say, for the reports that are made next, what no record says, where this run has judged anything."""
        config = session.config
        earlier = config.stash.get(DRILLS_LEFT, None)
        if config.option.collectonly or earlier is None or not earlier.replaced():
            return
        try:
            self._run = collect(config.option.output)
        except RecordError:
            return  # publishing says so
        self._not_drilled = self.not_drilled(
            self._run,
            interrupted=exitstatus == pytest.ExitCode.INTERRUPTED,
            whole=collects_all(config, self._scenarios),
        )
        stack = config.stash.get(DESCRIPTOR, None)
        system = stack.name if stack else None
        commit = commit_of(config.stash[SETTINGS].root)
        facts = RunFacts(run=config.stash[RUN_ID], system=system, commit=commit, not_drilled=self._not_drilled)
        write_run_facts(config.option.output, facts)

    @pytest.hookimpl(tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        """Print the table, where this run has judged anything."""
        if self._run is None:
            return
        terminalreporter.section("verdicts")
        shown = run_end(
            self._run,
            config.option.output,
            self._not_drilled,
            columns=columns(),
            colour=terminalreporter.hasmarkup,
            unicode=has_unicode(),
        )
        for line in shown.splitlines():
            terminalreporter.write_line(line.rstrip())
        if self._red:
            owner = f" (for {self._owner})" if self._owner else ""
            terminalreporter.write_line(f"Red drills{owner}: {', '.join(dict.fromkeys(self._red))}.", red=True)

    def not_drilled(self, run: Run, *, interrupted: bool, whole: bool) -> dict[str, str]:
        """Return the reason for each cause that has no verdict; *whole* says that every drill was collected."""
        judged, having = {v.cause for v in run.verdicts}, run.coverage.drilled if run.coverage else frozenset()
        not_reached = "because the run was interrupted" if interrupted else "because it was not asked for"
        no_drill = "because it has no drill" if whole else "because no test that was named drills it"
        return {
            cause.id: self._why.get(cause.id) or (not_reached if cause.id in having else no_drill)
            for cause in run.causes
            if cause.id not in judged
        }
