"""The room of checks inside pytest: what came of each is carried by its report, counted, and told in the exit code."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import pytest

from drills.checks.result import Attempt, CheckResult, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROPERTY: Final = "reading"
SHOWN: Final = {
    Outcome.DEGRADED: ("degraded", "D", ("DEGRADED", {"yellow": True})),
    Outcome.ERROR: ("prober error", "E", ("PROBER ERROR", {"red": True})),
    Outcome.BLOCKED: ("blocked", "B", ("BLOCKED", {"yellow": True})),
}


class ExitCode(IntEnum):
    """What a run of checks alone ends with, beside pytest's own codes; the worst outcome decides."""

    DEGRADED = 6
    PROBER_ERROR = 7


class ProberError(Exception):
    """Our own mistake: nothing can be said of the system."""


def judge(check_result: CheckResult, item: pytest.Item) -> None:
    """Let the test of a probe end as its reading did."""
    __tracebackhide__ = True
    item.user_properties.append((PROPERTY, json.dumps(asdict(check_result))))
    if check_result.outcome in (Outcome.SKIPPED, Outcome.BLOCKED):
        pytest.skip(str(check_result))
    if check_result.outcome is Outcome.ERROR:
        raise ProberError(str(check_result))
    if not check_result.ok:
        pytest.fail(str(check_result), pytrace=False)


class CheckResults:
    """All readings of a run, also those that workers took elsewhere."""

    def __init__(self) -> None:
        self.all: list[CheckResult] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the reading of a test that has ended."""
        found = reading_of(report)
        if found is not None and report.when == "call":
            self.all.append(found)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, tuple[str, Any]] | None:
        """Name the outcomes that pytest does not know."""
        found = reading_of(report)
        return SHOWN.get(found.outcome) if found is not None and report.when == "call" else None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell failures of the system, mere slowness and our own mistakes apart, where nothing else was run."""
        if self.all and len(self.all) == session.testscollected:
            session.exitstatus = exit_code(self.all, int(session.exitstatus))


def exit_code(check_results: Sequence[CheckResult], status: int) -> int:
    """Return what a run of these checks alone ends with; a run that pytest could not finish keeps its *status*."""
    if status in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        return status
    outcomes = {one.outcome for one in check_results}
    if status == pytest.ExitCode.TESTS_FAILED and not outcomes & {Outcome.FAIL, Outcome.ERROR}:
        return status  # something failed beside the readings, and no reading makes that good
    worst = {
        Outcome.FAIL: pytest.ExitCode.TESTS_FAILED,
        Outcome.ERROR: ExitCode.PROBER_ERROR,
        Outcome.DEGRADED: ExitCode.DEGRADED,
        Outcome.PASS: pytest.ExitCode.OK,
    }
    return next(
        (int(code) for outcome, code in worst.items() if outcome in outcomes), pytest.ExitCode.NO_TESTS_COLLECTED
    )


def reading_of(report: Any) -> CheckResult | None:
    """Return the reading that a test's report carries, or None for a test that took none."""
    found = dict(getattr(report, "user_properties", ())).get(PROPERTY)
    return None if found is None else _reading(json.loads(found))


def _reading(raw: Mapping[str, Any]) -> CheckResult:
    attempts = tuple(Attempt(**attempt) for attempt in raw["attempts"])
    return CheckResult(**{**raw, "outcome": Outcome(raw["outcome"]), "attempts": attempts})


class Count:
    """Counts which tests of a room judged something, also when workers ran them elsewhere."""

    def __init__(self, room: str) -> None:
        self.room = room
        self.judged = 0
        self.skipped = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one outcome: a pass in the body, a failure anywhere, a skip."""
        if not report.nodeid.startswith(f"{self.room}/"):
            return
        if report.skipped:
            self.skipped += 1
        elif report.failed or report.when == "call":
            self.judged += 1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn an otherwise green run red when every check was left out."""
        if self.skipped and not self.judged and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say why such a run is not green."""
        if self.skipped and not self.judged:
            terminalreporter.write_line(
                f"Nothing was judged: all {self.skipped} {self.room} were left out; see the reasons above.",
                red=True,
            )
