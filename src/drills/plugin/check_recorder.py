"""End a run of checks inside pytest: write the outputs, notify the webhook, and remove the artifacts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from drills.checks.reporting import files, summary
from drills.checks.reporting.notice import message
from drills.checks.reporting.run_result import UNHURT, Result
from drills.checks.reporting.webhook import deliver
from drills.common.files import write_text
from drills.plugin.check_outcomes import LEFT_OUT, exit_code, result_of
from drills.plugin.state import suite_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks.context import CheckContext
    from drills.checks.result import CheckResult
    from drills.checks.runner import CheckRunner
    from drills.checks.target import Target
    from drills.plugin.check_outcomes import CheckResults
    from drills.runbook import Runbook

JUNIT: Final = "junit.xml"


class Recorder:
    """Writes, reports and cleans up at the end of a run of checks; in a worker of a parallel run it only cleans up.

    *alone* is whether nothing but checks is run, so that nothing is hidden of other tests.
    """

    def __init__(
        self,
        config: pytest.Config,
        runbook: Runbook,
        check_results: CheckResults,
        target: Target | None,
        *,
        alone: bool,
    ) -> None:
        self._config = config
        self._runbook = runbook
        self._results = check_results
        self._target = target
        self._alone = alone
        self._began = time.monotonic()
        self._began_s = time.time()
        self._result: Result | None = None
        self._earlier_junit = _content(config.option.output / JUNIT)
        self.notes: list[str] = []
        self.context: CheckContext | None = None
        self.runner: CheckRunner | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the results first, then notify the webhook, then clean up: a clean-up that hangs must not lose them."""
        target = self.context.target if self.context else self._target
        if (self._known() or self.runner) and not hasattr(self._config, "workerinput"):
            self._write(session, target)
            self._tell(target)
        self._put_back()
        self._clear()
        if self._result is not None:
            self._write(session, target)
            files.attach(self._result, Path(self._config.option.allure_report_dir))
            if self._alone:
                _quieten(self._config)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the summary of the run."""
        if self._result is None:
            return
        terminalreporter.section(f"checks of {self._result.target}")
        for text, colour in summary.lines(self._result):
            terminalreporter.write_line(text, **({colour: True} if colour else {}))

    def _write(self, session: pytest.Session, target: Target | None) -> None:
        check_results = self._known()
        seconds = self._result.seconds if self._result else time.monotonic() - self._began
        folder = self._config.option.output
        stays = not self._judged() and (folder / files.RECORD).exists()
        says = "nothing was judged, so these stay as they were" if stays else "written"
        self._result = Result(
            target.name if target else str(self._config.option.target),
            self._runbook,
            self._began_s,
            seconds,
            exit_code(check_results, int(session.exitstatus)),
            check_results,
            (*self.notes, f"{says}: {folder}/{files.RECORD}, {files.METRICS}, {JUNIT}"),
        )
        if not stays:
            files.write(self._result, folder)

    def _judged(self) -> bool:
        return any(check_result.outcome not in LEFT_OUT for check_result in self._results.all)

    def _put_back(self) -> None:
        """Keep the results of an earlier run, which pytest has overwritten, where this one has judged nothing."""
        if self._earlier_junit and self._alone and not self._judged() and not hasattr(self._config, "workerinput"):
            write_text(self._config.option.output / JUNIT, self._earlier_junit)

    def _known(self) -> tuple[CheckResult, ...]:
        """Return the results of all tests, and what an interrupted run has seen that no test was given yet."""
        judged = {check_result.name for check_result in self._results.all}
        others = self.runner.so_far() if self.runner else []
        return (*self._results.all, *(one for one in others if one.name not in judged))

    def _tell(self, target: Target | None) -> None:
        url = self._config.option.webhook or (target.webhook_url if target else None)
        if url is None or self._result is None or self._result.exit_code in (*UNHURT, pytest.ExitCode.INTERRUPTED):
            return
        redact: Callable[[str], str] = target.redact if target else str
        self.notes.append(deliver(url, message(self._result, redact)))

    def _clear(self) -> None:
        if self.context is not None and self.context.artifacts.path is not None:
            try:
                self.notes += suite_of(self._config).cleanup.clear(self.context.artifacts, self.context.target)
            except Exception as error:  # noqa: BLE001  (the results stand, and the notes stay on disk)
                self.notes.append(f"the clean-up itself failed ({type(error).__name__}); the next run tries again")


def _content(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _quieten(config: pytest.Config) -> None:
    """Keep pytest from printing again what the summary says; errors of other tests stay."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter is None:
        return
    failed = [report for key in ("failed", "error") for report in reporter.stats.get(key, [])]
    if all(result_of(report) for report in failed):
        reporter.reportchars = ""
        config.option.tbstyle = "no"
