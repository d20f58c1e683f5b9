"""Turn check results into pytest's outcomes: in the report of each test, in the counts, and in the exit code."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import pytest

from drills.checks.result import Attempt, CheckResult, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROPERTY: Final = "check result"
SHOWN: Final = {
    Outcome.DEGRADED: ("degraded", "D", ("DEGRADED", {"yellow": True})),
    Outcome.ERROR: ("check error", "E", ("CHECK ERROR", {"red": True})),
    Outcome.BLOCKED: ("blocked", "B", ("BLOCKED", {"yellow": True})),
}

LEFT_OUT: Final = (Outcome.SKIPPED, Outcome.BLOCKED)
"""A check that ends so has judged nothing."""


class ExitCode(IntEnum):
    """What a run of checks alone ends with, beside pytest's own codes; the worst outcome decides."""

    DEGRADED = 6
    CHECK_ERROR = 7


class CheckError(Exception):
    """The check itself failed: nothing can be said of the system."""


def judge(check_result: CheckResult, item: pytest.Item) -> None:
    """Let the test of a check end as the check did."""
    __tracebackhide__ = True
    item.user_properties.append((PROPERTY, json.dumps(asdict(check_result))))
    if check_result.outcome in LEFT_OUT:
        pytest.skip(str(check_result))
    if check_result.outcome is Outcome.ERROR:
        raise CheckError(str(check_result))
    if not check_result.ok:
        pytest.fail(str(check_result), pytrace=False)


class CheckResults:
    """All results of a run, also those of parallel workers."""

    def __init__(self) -> None:
        self.all: list[CheckResult] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the result of a test that has ended."""
        check_result = result_of(report)
        if check_result is not None and report.when == "call":
            self.all.append(check_result)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, tuple[str, Any]] | None:
        """Name the outcomes that pytest does not know."""
        check_result = result_of(report)
        return SHOWN.get(check_result.outcome) if check_result is not None and report.when == "call" else None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Set an exit code for failures, for mere slowness and for errors of checks, where nothing else was run."""
        if self.all and len(self.all) == session.testscollected:
            session.exitstatus = exit_code(self.all, int(session.exitstatus))


def exit_code(check_results: Sequence[CheckResult], status: int) -> int:
    """Return what a run of these checks alone ends with; a run that pytest could not finish keeps its *status*."""
    if status in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        return status
    outcomes = {check_result.outcome for check_result in check_results}
    if status == pytest.ExitCode.TESTS_FAILED and not outcomes & {Outcome.FAIL, Outcome.ERROR}:
        return status  # another test failed, and no check result changes that
    worst = {
        Outcome.FAIL: pytest.ExitCode.TESTS_FAILED,
        Outcome.ERROR: ExitCode.CHECK_ERROR,
        Outcome.DEGRADED: ExitCode.DEGRADED,
        Outcome.PASS: pytest.ExitCode.OK,
    }
    return next(
        (int(code) for outcome, code in worst.items() if outcome in outcomes), pytest.ExitCode.NO_TESTS_COLLECTED
    )


def result_of(report: Any) -> CheckResult | None:
    """Return the result that a test's report carries, None for a test of something else than a check."""
    recorded = dict(getattr(report, "user_properties", ())).get(PROPERTY)
    return None if recorded is None else _result(json.loads(recorded))


def _result(raw: Mapping[str, Any]) -> CheckResult:
    attempts = tuple(Attempt(**attempt) for attempt in raw["attempts"])
    return CheckResult(**{**raw, "outcome": Outcome(raw["outcome"]), "attempts": attempts})


class Count:
    """Counts which tests below a folder, or with a marker, judged something, also when parallel workers ran them.

    *asked* is whether such tests were asked for: then it is not enough that others passed.
    """

    def __init__(self, folder: str, marker: str | None = None, *, asked: bool = False) -> None:
        self.folder = folder
        self.marker = marker
        self.asked = asked
        self.judged = 0
        self.skipped = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one outcome: a pass in the body, a failure anywhere, a skip."""
        if not report.nodeid.startswith(f"{self.folder}/") and (not self.marker or self.marker not in report.keywords):
            return
        if report.skipped:
            self.skipped += 1
        elif report.failed or report.when == "call":
            self.judged += 1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn an otherwise green run red when every one was left out."""
        if (self.skipped or self.asked) and not self.judged and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say why such a run is not green."""
        if self.judged:
            return
        if self.skipped:
            text = f"all {self.skipped} {self.folder} were left out, for the reasons above."
        elif self.asked:
            text = f"{self.folder} were asked for, and none was run."
        else:
            return
        terminalreporter.write_line(f"Nothing was judged: {text}", red=True)
