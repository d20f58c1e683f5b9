"""What the tests of checks share: targets on loopback, and one check tried against a fake system."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from checks.target import ScheduleTarget
from drills import runbook
from drills.checks import Check, CheckContext, CheckResult, Outcome, Target
from tests.helpers.fake_system import Answer, fake_system
from tests.helpers.paths import RUNBOOK

BOOK = runbook.load(RUNBOOK)


def target_at(front_url: str = "http://h:1", **about: object) -> ScheduleTarget:
    """Return a target called x at *front_url*."""
    return ScheduleTarget.model_validate({"name": "x", "front_url": front_url, **about})


def context(target: Target) -> CheckContext:
    return CheckContext(target, BOOK)


def everywhere(url: str, timeout_s: float = 2.0) -> ScheduleTarget:
    """Return a target whose HTTP parts are all at *url*."""
    keys = ("backend_url", "worker_url", "store_url", "prometheus_url", "alertmanager_url")
    return target_at(url, timeout_s=timeout_s, **dict.fromkeys(keys, url))


def look(one: Check, answers: dict[str, Answer], timeout_s: float = 2.0) -> CheckResult:
    """Try the check at a system in which every HTTP part of a target is."""
    with fake_system(answers) as served:
        return one(context(everywhere(served.url, timeout_s)))


def require(check_result: CheckResult, seen: str) -> None:
    """Expect a pass when nothing is to be seen, else a failure that says it."""
    assert check_result.outcome is (Outcome.FAIL if seen else Outcome.PASS), str(check_result)
    assert seen in check_result.seen


@contextmanager
def silent_port() -> Iterator[str]:
    """Accept connections and say nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"
