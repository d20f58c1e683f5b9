import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from checks.catalogue import ALL, CATALOGUE
from checks.health.backend_queue import queue_metrics
from checks.health.services import backend_health, gateway_health, worker_health
from checks.smoke.front_page import front_page
from checks.target import ScheduleTarget
from drills.checks.context import CheckContext
from drills.checks.definition import REGISTER, Check, CheckSuite, check
from drills.checks.health.monitoring import prometheus_targets
from drills.checks.health.object_store import object_store
from drills.checks.health.postgres import postgres
from drills.checks.health.redis import redis_store
from drills.checks.result import Outcome, Skipped
from tests.helpers.checking import context, everywhere, look, target_at
from tests.helpers.fake_system import COUNTS, HEALTHY, fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.ports import closed_port, silent_port

UP = {"health": "up", "labels": {"job": "backend", "instance": "a:8000"}}
DOWN = {"health": "down", "labels": {"job": "backend", "instance": "b:8000"}, "lastError": "timeout"}


def scraped(*targets: dict[str, Any]) -> dict[str, Any]:
    return {"status": "success", "data": {"activeTargets": list(targets)}}


ODD: dict[str, Any] = {
    "suite": CheckSuite.SMOKE,
    "needs": "front_url",
    "expected": "peace",
    "next_step": "sleep",
    "level": 4,
}


GREEN: list[tuple[Check, str, Any]] = [
    (front_page, "GET /", "<html></html>"),
    (gateway_health, "GET /health", HEALTHY),
    (backend_health, "GET /health", HEALTHY),
    (worker_health, "GET /health", {"status": "healthy"}),
    (queue_metrics, "GET /api/jobs/metrics", COUNTS),
    (object_store, "GET /minio/health/live", b""),
    (prometheus_targets, "GET /api/v1/targets", scraped(UP)),
]


def named(value: Any) -> str | None:
    return value.name.replace(" ", "-") if isinstance(value, Check) else None


@pytest.mark.parametrize(("one", "route", "body"), GREEN, ids=named)
def test_what_the_contract_promises_is_ok(one: Check, route: str, body: Any) -> None:
    check_result = look(one, {route: (200, body)})
    assert check_result.ok, str(check_result)


@pytest.mark.parametrize(("one", "route", "body"), GREEN, ids=named)
def test_right_body_with_503_is_not_ok(one: Check, route: str, body: Any) -> None:
    check_result = look(one, {route: (503, body)})
    assert check_result.ok is False
    assert "-> 503" in check_result.seen


@pytest.mark.parametrize(
    "one", [one for one in ALL if one.essential if one.needs[0].endswith("_url") and len(one.needs) == 1], ids=named
)
def test_refused_connection_is_a_measurement(one: Check) -> None:
    address = closed_port()
    target = everywhere(f"http://{address}").changed(redis_url=f"redis://{address}")
    check_result = one(context(target))
    assert (check_result.ok, check_result.seen) == (False, "connection refused")


def test_refused_postgres_is_a_measurement() -> None:
    target = ScheduleTarget(
        name="gone", front_url="http://h:1", postgres_dsn=f"postgresql://u:hush@{closed_port()}/schedgen"
    )
    check_result = postgres(context(target))
    assert (check_result.ok, check_result.seen) == (False, "connection refused")
    assert "hush" not in str(check_result)


def test_silence_is_measured_with_its_limit() -> None:
    with silent_port() as address:
        check_result = front_page(context(everywhere(f"http://{address}", timeout_s=0.2)))
    assert (check_result.ok, check_result.seen) == (False, "no answer within 0.2 s")


def test_silent_redis_is_measured_with_its_limit() -> None:
    with silent_port() as address:
        check_result = redis_store(context(target_at(redis_url=f"redis://{address}", timeout_s=0.2)))
    assert (check_result.ok, check_result.seen) == (False, "no answer within 0.2 s")


RED: list[tuple[Check, str, Any, str]] = [
    (front_page, "GET /", {"not": "a page"}, "200 without a page"),
    (front_page, "GET /", b"", "200 without a page: (empty body)"),
    (gateway_health, "GET /health", "<html>it works</html>", "200 with no JSON"),
    (gateway_health, "GET /health", [1], "no JSON object"),
    (gateway_health, "GET /health", {**HEALTHY, "status": "error"}, "status 'error'"),
    (backend_health, "GET /health", {"status": "ok"}, "not up: database, redis, minio"),
    (backend_health, "GET /health", {**HEALTHY, "info": {"redis": {"status": "down"}}}, "redis"),
    (worker_health, "GET /health", {"status": "ok"}, "200 with status 'ok'"),
    (queue_metrics, "GET /api/jobs/metrics", {**COUNTS, "total": 7}, "a total that is not the sum"),
    (queue_metrics, "GET /api/jobs/metrics", {**COUNTS, "delayed": None}, "no count of delayed"),
    (queue_metrics, "GET /api/jobs/metrics", {**COUNTS, "active": True}, "no count of active"),
    (object_store, "GET /minio/health/live", "<html>login</html>", "no object store"),
    (prometheus_targets, "GET /api/v1/targets", scraped(), "no target at all"),
    (prometheus_targets, "GET /api/v1/targets", {"status": "success"}, "an answer without targets"),
    (prometheus_targets, "GET /api/v1/targets", scraped(UP, DOWN), "1 of 2 not up: backend/b:8000 (timeout)"),
]


@pytest.mark.parametrize(("one", "route", "body", "seen"), RED)
def test_200_with_the_wrong_body_is_not_ok(one: Check, route: str, body: Any, seen: str) -> None:
    check_result = look(one, {route: (200, body)})
    assert check_result.ok is False
    assert seen in check_result.seen


def test_part_without_address_is_neither_ok_nor_broken() -> None:
    check_result = redis_store(context(target_at()))
    assert check_result.ok is None
    assert str(check_result) == "redis: not checked: no Redis URL in the target"


def looking(look: Callable[[CheckContext], str], **about: Any) -> Check:
    """Make a check that is in no catalogue."""
    made = check("odd", **ODD | about)(look)
    del REGISTER["odd"]
    return made


def test_error_in_a_check_is_neither_a_pass_nor_a_failure() -> None:
    def odd(found: CheckContext) -> str:
        raise ZeroDivisionError(found.target.name)

    check_result = looking(odd)(context(target_at()))
    assert (check_result.outcome, check_result.ok, check_result.seen) == (Outcome.ERROR, False, "ZeroDivisionError: x")
    assert "the check itself failed" in str(check_result)


def test_unforeseen_error_is_redacted() -> None:
    def leaky(found: CheckContext) -> str:
        raise ValueError(found.target.redis_url)

    check_result = looking(leaky)(context(target_at(redis_url="redis://:hush-hush@h:1")))
    assert "hush-hush" not in str(check_result)


def breaking(times: int) -> Check:
    left = iter([True] * times)

    def look(_: CheckContext) -> str:
        if next(left, False):
            raise httpx.RemoteProtocolError("gone")
        return "200"

    return looking(look)


def test_connection_that_broke_once_is_mentioned() -> None:
    check_result = breaking(1)(context(target_at()))
    assert check_result.outcome is Outcome.DEGRADED
    assert check_result.seen == "200, only after: connection closed without an answer"
    assert [attempt.answered for attempt in check_result.attempts] == [False, True]


def test_connection_that_breaks_twice_is_broken() -> None:
    check_result = breaking(2)(context(target_at()))
    assert (check_result.outcome, len(check_result.attempts)) == (Outcome.FAIL, 2)


def test_silence_is_waited_for_once() -> None:
    with silent_port() as address:
        check_result = front_page(context(everywhere(f"http://{address}", timeout_s=0.2)))
    assert (check_result.outcome, len(check_result.attempts)) == (Outcome.FAIL, 1)


def test_answer_later_than_users_are_promised_is_degraded() -> None:
    check_result = looking(lambda _: "200")(context(target_at(answer_s=1e-9)))
    assert (check_result.outcome, check_result.ok) == (Outcome.DEGRADED, True)
    assert "slowly" in check_result.seen


def test_runbook_says_what_is_slow() -> None:
    assert context(target_at()).answer_s == OWN_RUNBOOK.metrics[1].target.value


def test_skipped_check_says_why() -> None:
    def look(_: CheckContext) -> str:
        raise Skipped("the front door is not behind TLS")

    check_result = looking(look)(context(target_at()))
    assert (check_result.outcome, check_result.ok) == (Outcome.SKIPPED, None)
    assert str(check_result) == "odd: not checked: the front door is not behind TLS"


def test_texts_name_the_parts_of_the_target() -> None:
    about = {"expected": "a worker of {queue}", "next_step": "read the log of {project}"}
    check_result = looking(lambda _: "200", **about)(context(target_at(queue="exams")))
    assert (check_result.expected, check_result.next_step) == ("a worker of exams", "read the log of {project}")


def test_texts_that_repeat_a_field_hide_its_password() -> None:
    target = target_at(redis_url="redis://:hush-hush@h:1")
    check_result = looking(lambda _: "200", next_step="ask {redis_url}")(context(target))
    assert check_result.next_step == "ask redis://:***@h:1"


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two checks called 'redis'"):
        check("redis", **ODD)(lambda _: "ok")


def test_text_of_a_check_result_answers_the_five_questions() -> None:
    text = str(look(worker_health, {"GET /health": (200, {"status": "sick"})}))
    for part in ("expected 200 with status healthy", "saw 200 with status 'sick'", " s at http://127", "next: "):
        assert part in text


def test_essentials_read_every_part_once() -> None:
    with fake_system({}) as served:
        check_results = CATALOGUE.essentials(context(everywhere(served.url)))
    assert [check_result.name for check_result in check_results] == [one.name for one in ALL if one.essential]


def test_slow_answer_within_the_limit_is_ok_and_timed() -> None:
    pause = threading.Event()

    def slowly(_: Any) -> Any:
        pause.wait(0.1)
        return 200, "<html></html>"

    began = time.monotonic()
    check_result = look(front_page, {"GET /": slowly})
    assert check_result.ok
    assert 0.1 <= check_result.seconds <= time.monotonic() - began
