"""What all checks share: the marker for those that write, and the rule that looking at nothing is not green."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent.name


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker, so that strict pytest knows it."""
    config.addinivalue_line("markers", 'writes: leaves data behind in the target (leave out: -m "not writes")')
    config.pluginmanager.register(Count(), "checks-count")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the checks that use the system come first: what nobody has used yet has counted nothing."""
    places = [place for place, item in enumerate(items) if item.nodeid.startswith(f"{HERE}/")]
    ordered = sorted((items[place] for place in places), key=lambda item: item.get_closest_marker("writes") is None)
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


class Count:
    """Counts which tests of a room judged something, also when workers ran them elsewhere."""

    def __init__(self, room: str = HERE) -> None:
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
