"""Replicas are counted one by one: at the queue, in Prometheus, and by what each of them does."""

from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from typing import Any

import pytest

from checks.smoke.replicas import configured, serving
from drills.checks import Check, CheckContext, CheckResult, Outcome
from drills.checks.health.queue import IDLE_S
from tests.helpers.checking import require, target_at
from tests.helpers.fake_redis import fake_redis
from tests.helpers.fake_system import fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK

ASKS = "id=1 addr=10.0.0.1:4 name=bull:exams db=0 idle=0"
ASKS_TOO = "id=2 addr=10.0.0.2:4 name=bull:exams db=0 idle=0"
SILENT = f"id=2 addr=10.0.0.2:4 name=bull:exams db=0 idle={61 + IDLE_S:.0f}"


@pytest.mark.parametrize(
    ("clients", "seen"),
    [
        ([ASKS, ASKS_TOO], ""),
        ([ASKS], "1 workers ask for jobs instead of 2"),
        ([ASKS, SILENT], "1 workers ask for jobs instead of 2"),
        ([ASKS, ASKS_TOO, ASKS_TOO.replace("0.2", "0.3")], "3 workers ask for jobs instead of 2"),
    ],
)
def test_workers_at_the_queue(clients: list[str], seen: str) -> None:
    with fake_redis(clients=clients) as store:
        target = target_at(redis_url=store.url, queue="exams", workers=2)
        require(configured.at_the_queue(CheckContext(target, OWN_RUNBOOK)), seen)


def test_workers_that_share_an_address_are_not_counted_by_it() -> None:
    same = ASKS_TOO.replace("10.0.0.2", "10.0.0.1")
    for contract, outcome in ((None, Outcome.SKIPPED), ("reference", Outcome.FAIL)):
        with fake_redis(clients=[ASKS, same]) as store:
            target = target_at(redis_url=store.url, queue="exams", workers=2, contract=contract)
            assert configured.at_the_queue(CheckContext(target, OWN_RUNBOOK)).outcome is outcome


def test_uploads_for_each_worker_need_addresses_that_nobody_has() -> None:
    target = target_at("http://h:1", prometheus_url="http://h:1", workers=2)
    assert serving.workers_take_jobs(CheckContext(target, OWN_RUNBOOK)).outcome is Outcome.SKIPPED


def counted(check: Check, looks: Iterator[Mapping[str, float]], **about: Any) -> CheckResult:
    """Hold the check against a Prometheus whose counts by instance are the next of *looks* each time."""

    def answer(_: object) -> tuple[int, Any]:
        rows = [{"metric": {"instance": name}, "value": [1.0, str(value)]} for name, value in next(looks).items()]
        return 200, {"status": "success", "data": {"resultType": "vector", "result": rows}}

    with fake_system({"GET /api/v1/query": answer, "GET /api/auth/status": (200, {})}) as served:
        target = target_at(served.url, prometheus_url=served.url, **about)
        return check(CheckContext(target, OWN_RUNBOOK))


def test_replicas_that_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configured, "LATE_S", 0.1)
    require(counted(configured.workers_measured, iter([{"a": 1, "b": 0}]), workers=2), "")
    require(counted(configured.workers_measured, iter([{"a": 1}, {"a": 1, "b": 0}]), workers=2), "")
    one = counted(configured.workers_measured, repeat({"a": 1}), workers=2)
    require(one, "pdf_jobs_total of 1 instead of 2: a")
    require(counted(configured.backends_measured, repeat({}), backends=1), "of 0 instead of 1: none")


def test_each_backend_serves() -> None:
    fair = ({"a": 10 + 3 * turn, "b": 10 + 3 * turn} for turn in range(9))
    require(counted(serving.backends_serve, fair, backends=2), "")
    both = {"a": 0, "b": 0}
    late = iter([both, both, {"a": 6, "b": 0}, {"a": 11, "b": 1}])
    require(counted(serving.backends_serve, late, backends=2), "")


def test_backend_that_serves_nothing_is_named() -> None:
    unfair = ({"a": 6 * turn, "b": 0} for turn in range(9))
    require(counted(serving.backends_serve, unfair, backends=2), "b did nothing of 24")


def test_backend_that_has_counted_nothing_yet_is_named_too() -> None:
    served = ({"a": 6 * turn} for turn in range(9))
    looks = chain([{"a": 0}, {"a": 1, "b": 1}], served)
    require(counted(serving.backends_serve, looks, backends=2), "b did nothing of 24")
