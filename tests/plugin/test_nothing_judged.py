from types import SimpleNamespace
from typing import Any

import pytest

from drills.plugin.check_outcomes import Count
from drills.plugin.publication import LEAKS, pytest_testnodedown
from drills.plugin.state import REFUSED


def report(
    outcome: str, when: str = "call", nodeid: str = "checks/test_smoke.py::test_part[redis]", *marks: str
) -> Any:
    return SimpleNamespace(
        nodeid=nodeid,
        keywords=dict.fromkeys(marks, 1),
        when=when,
        passed=outcome == "passed",
        failed=outcome == "failed",
        skipped=outcome == "skipped",
    )


def status_after(*reports: Any, status: int = pytest.ExitCode.OK) -> int:
    count, session = Count("checks"), SimpleNamespace(exitstatus=status)
    for one in reports:
        count.pytest_runtest_logreport(one)
    count.pytest_sessionfinish(session)  # type: ignore[arg-type]
    return int(session.exitstatus)


PASSED = (report("passed", "setup"), report("passed"), report("passed", "teardown"))
LEFT_OUT = (report("passed", "setup"), report("skipped"), report("passed", "teardown"))


def test_run_in_which_all_checks_were_left_out_is_not_green() -> None:
    assert status_after(*LEFT_OUT, *LEFT_OUT) != pytest.ExitCode.OK


def test_one_judged_check_is_enough() -> None:
    assert status_after(*LEFT_OUT, *PASSED) == pytest.ExitCode.OK


def test_failure_keeps_its_own_status() -> None:
    failure = report("failed")
    assert status_after(failure, status=pytest.ExitCode.TESTS_FAILED) == pytest.ExitCode.TESTS_FAILED


def test_run_without_checks_is_left_alone() -> None:
    other = report("skipped", nodeid="tests/test_x.py::test_y")
    assert status_after(other) == pytest.ExitCode.OK


def test_run_in_which_all_drills_were_left_out_is_not_green() -> None:
    count, session = Count("scenarios"), SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    count.pytest_runtest_logreport(report("skipped", nodeid="scenarios/test_incident_5.py::test_connection_leak"))
    count.pytest_sessionfinish(session)  # type: ignore[arg-type]
    assert session.exitstatus != pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("mark", "wanted"), [("drill", pytest.ExitCode.OK), ("other", pytest.ExitCode.NO_TESTS_COLLECTED)]
)
def test_run_that_asked_for_drills_needs_one_wherever_it_is(mark: str, wanted: int) -> None:
    count, session = Count("scenarios", "drill", asked=True), SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    count.pytest_runtest_logreport(report("passed", "call", "test_shop.py::test_it", mark))
    count.pytest_sessionfinish(session)  # type: ignore[arg-type]
    assert session.exitstatus == wanted


def test_refusal_of_a_worker_reaches_its_controller() -> None:
    config = SimpleNamespace(stash=pytest.Stash())
    for refused in ("no such drill", ""):
        pytest_testnodedown(SimpleNamespace(config=config, workeroutput={"refused": refused}))
    assert config.stash[REFUSED] == "no such drill"


def test_leak_that_a_worker_found_reaches_its_controller() -> None:
    config = SimpleNamespace(stash=pytest.Stash())
    for leaks in (["history.jsonl"], []):
        pytest_testnodedown(SimpleNamespace(config=config, workeroutput={"leaks": leaks}))
    assert config.stash[LEAKS] == ["history.jsonl"]
