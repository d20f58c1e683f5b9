"""Results of checks and runs made up for the tests of reporting."""

from typing import Any

from checks.catalogue import ALL
from drills.checks.definition import Check, CheckSuite
from drills.checks.reporting.run_result import Result
from drills.checks.result import Attempt, CheckResult, Outcome
from drills.runbook.model import Quantity
from tests.helpers.own_runbook import OWN_RUNBOOK

AT_S = 1_764_000_000.0


def check_result(name: str, outcome: Outcome = Outcome.PASS, seen: str = "200", **about: Any) -> CheckResult:
    """Return the result of a check that took one attempt, or none where it was not tried."""
    looked = outcome not in (Outcome.SKIPPED, Outcome.BLOCKED)
    attempts = (Attempt(AT_S, 0.25, seen, answered=True),) if looked else ()
    facts = {"expected": "all well", "next_step": "read a log", "where": f"http://{name.split(maxsplit=1)[0]}:1"}
    known = {"seconds": 0.25 if looked else 0.0, "attempts": attempts}
    return CheckResult(**{"name": name, "outcome": outcome, "seen": seen, **facts, **known, **about})


def result(*check_results: CheckResult, code: int = 1, notes: tuple[str, ...] = ()) -> Result:
    return Result("staging", OWN_RUNBOOK, AT_S, 3.5, code, check_results, notes)


def some_check(level: int, incident: Quantity | None = None) -> Check:
    """Return a check for which only its level and its section matter."""
    return Check("x", CheckSuite.SMOKE, ("front_url",), "peace", "sleep", level, incident, lambda _: "200")


def of_level(level: int) -> str:
    """Return the name of a real check with this level and a section of the runbook."""
    return next(one.name for one in ALL if one.level == level and one.incident)
