"""Targets on loopback, and one check run against a fake system, for the tests of checks."""

from checks.target import OF_THE_KIND, REFERENCE, ScheduleTarget
from drills.checks import Check, CheckContext, CheckResult, Outcome, Target
from tests.helpers.fake_system import Answer, fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK


def target_at(front_url: str = "http://h:1", **about: object) -> ScheduleTarget:
    """Return a target called x at *front_url*, which keeps the contract of its kind."""
    return ScheduleTarget.model_validate({"name": "x", "front_url": front_url, "contract": OF_THE_KIND, **about})


def context(target: Target) -> CheckContext:
    return CheckContext(target, OWN_RUNBOOK)


def everywhere(url: str, timeout_s: float = 2.0) -> ScheduleTarget:
    """Return a target whose HTTP parts are all at *url*, and which keeps the contract to the letter."""
    keys = ("backend_url", "worker_url", "store_url", "prometheus_url", "alertmanager_url")
    return target_at(url, timeout_s=timeout_s, contract=REFERENCE, **dict.fromkeys(keys, url))


def look(one: Check, answers: dict[str, Answer], timeout_s: float = 2.0) -> CheckResult:
    """Run the check against a fake system that answers for every HTTP part of the target."""
    with fake_system(answers) as served:
        return one(context(everywhere(served.url, timeout_s)))


def require(check_result: CheckResult, seen: str) -> None:
    """Assert a pass where *seen* is empty, and a failure that says *seen* otherwise."""
    assert check_result.outcome is (Outcome.FAIL if seen else Outcome.PASS), str(check_result)
    assert seen in check_result.seen
