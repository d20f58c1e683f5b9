"""The summary of a green run is short, and that of any other run says each thing once."""

import pytest

from drills.checks.reporting.run_result import Result
from drills.checks.reporting.summary import WIDTH, lines, plain
from drills.checks.result import Outcome
from tests.helpers.check_results import check_result, of_level, result

ROOT = of_level(1)
WORST = result(
    check_result("front page"),
    check_result(of_level(3), Outcome.FAIL, "300 jobs"),
    check_result(ROOT, Outcome.FAIL, "connection refused"),
    check_result("postgres roles", Outcome.BLOCKED, f"not checked, because {ROOT} failed", cause=ROOT),
    check_result("postgres locks", Outcome.BLOCKED, f"not checked, because {ROOT} failed", cause=ROOT),
    check_result("grafana", Outcome.SKIPPED, "not checked: no Grafana URL in the target"),
    check_result("grafana dashboards", Outcome.SKIPPED, "not checked: no Grafana URL in the target"),
    check_result("sign-in", Outcome.DEGRADED, "200, only after: connection closed without an answer"),
    check_result("certificate", Outcome.ERROR, "KeyError: 'notAfter'"),
    notes=("written: somewhere",),
)


def told(of: Result) -> str:
    return plain(lines(of))


def test_green_run_is_a_few_lines() -> None:
    text = told(result(*(check_result(f"part {number}", seconds=number) for number in range(60)), code=0))
    assert text.splitlines()[1:] == [
        "60 passed; 60 attempts in 3.5 s",
        "slowest   part 59 59.00 s, part 58 58.00 s, part 57 57.00 s, part 56 56.00 s, part 55 55.00 s",
        "nothing is wrong with staging",
    ]


def test_blocked_checks_stand_below_their_root_cause() -> None:
    block = told(WORST).split(f"FAIL {ROOT}")[1].split("\n\n")[0]
    assert "saw       connection refused (1 attempt, 0.25 s)" in block
    assert "blocked   postgres roles, postgres locks" in block


def test_worse_failures_come_first() -> None:
    text = told(WORST)
    assert text.index(f"FAIL {ROOT}") < text.index("300 jobs")


@pytest.mark.parametrize("name", ["postgres roles", "grafana dashboards", "only after", "connection refused"])
def test_nothing_is_said_twice(name: str) -> None:
    assert told(WORST).count(name) == 1


def test_what_is_left_out_for_one_reason_stands_on_one_line() -> None:
    assert "left out  no Grafana URL in the target: grafana, grafana dashboards\n" in told(WORST)


def test_check_that_failed_itself_says_that_nothing_is_known() -> None:
    assert "CHECK ERROR: the check itself failed, nothing is known of certificate" in told(WORST)


def test_severity_comes_last_with_everything_to_be_done() -> None:
    last = told(WORST).split("\n\n")[-1]
    labels = [line.split()[0] for line in last.splitlines() if not line.startswith("   ")]
    assert labels[0] == "SEV-1"
    assert [one for one in labels[1:] if one != "open"] == ["means", "call", "how", "tell", "escalate", "escalate"]
    assert "open" in labels


def test_no_line_is_too_long_for_a_small_window() -> None:
    assert max(len(text) for text, _ in lines(WORST)) <= WIDTH
