import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from checks.catalogue import ALL, CATALOGUE
from checks.health.services import backend_health, gateway_health, worker_health
from checks.smoke.front_page import front_page
from drills import runbook
from drills.checks.context import Visit
from drills.checks.definition import REGISTER, Probe, Room, probe
from drills.checks.health.monitoring import prometheus_targets
from drills.checks.health.object_store import object_store
from drills.checks.health.postgres import postgres
from drills.checks.health.queue import queue_metrics
from drills.checks.health.redis import redis_store
from drills.checks.result import LeftOut, Outcome, Reading
from drills.checks.target import Target
from tests.helpers.fake_site import COUNTS, HEALTHY, Answer, site
from tests.helpers.paths import RUNBOOK

BOOK = runbook.load(RUNBOOK)
UP = {"health": "up", "labels": {"job": "backend", "instance": "a:8000"}}
DOWN = {"health": "down", "labels": {"job": "backend", "instance": "b:8000"}, "lastError": "timeout"}


def scraped(*targets: dict[str, Any]) -> dict[str, Any]:
    return {"status": "success", "data": {"activeTargets": list(targets)}}


def look(one: Probe, answers: dict[str, Answer], timeout_s: float = 2.0) -> Reading:
    """Let the probe look at a site on which every HTTP part of a target is."""
    with site(answers) as served:
        return one(visit(everywhere(served.url, timeout_s)))


def visit(target: Target) -> Visit:
    return Visit(target, BOOK)


def everywhere(url: str, timeout_s: float = 2.0) -> Target:
    return Target("fake", url, url, url, url, url, url, timeout_s=timeout_s)


ODD: dict[str, Any] = {"room": Room.SMOKE, "needs": "front_url", "expected": "peace", "next_step": "sleep", "level": 4}


@contextmanager
def silent_port() -> Iterator[str]:
    """Accept connections and say nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


GREEN: list[tuple[Probe, str, Any]] = [
    (front_page, "GET /", "<html></html>"),
    (gateway_health, "GET /health", HEALTHY),
    (backend_health, "GET /health", HEALTHY),
    (worker_health, "GET /health", {"status": "healthy"}),
    (queue_metrics, "GET /api/jobs/metrics", COUNTS),
    (object_store, "GET /minio/health/live", b""),
    (prometheus_targets, "GET /api/v1/targets", scraped(UP)),
]


def named(value: Any) -> str | None:
    return value.name.replace(" ", "-") if isinstance(value, Probe) else None


@pytest.mark.parametrize(("one", "route", "body"), GREEN, ids=named)
def test_what_the_contract_promises_is_ok(one: Probe, route: str, body: Any) -> None:
    reading = look(one, {route: (200, body)})
    assert reading.ok, str(reading)


@pytest.mark.parametrize(("one", "route", "body"), GREEN, ids=named)
def test_right_body_with_503_is_not_ok(one: Probe, route: str, body: Any) -> None:
    reading = look(one, {route: (503, body)})
    assert reading.ok is False
    assert "-> 503" in reading.seen


@pytest.mark.parametrize(
    "one", [one for one in ALL if one.essential if one.needs[0].endswith("_url") and len(one.needs) == 1], ids=named
)
def test_refused_connection_is_a_measurement(one: Probe) -> None:
    address = closed_port()
    target = replace(everywhere(f"http://{address}"), redis_url=f"redis://{address}")
    reading = one(visit(target))
    assert (reading.ok, reading.seen) == (False, "connection refused")


def test_refused_postgres_is_a_measurement() -> None:
    target = Target("gone", "http://h:1", postgres_dsn=f"postgresql://u:hush@{closed_port()}/schedgen")
    reading = postgres(visit(target))
    assert (reading.ok, reading.seen) == (False, "connection refused")
    assert "hush" not in str(reading)


def test_silence_is_measured_with_its_limit() -> None:
    with silent_port() as address:
        reading = front_page(visit(everywhere(f"http://{address}", timeout_s=0.2)))
    assert (reading.ok, reading.seen) == (False, "no answer within 0.2 s")


def test_silent_redis_is_measured_with_its_limit() -> None:
    with silent_port() as address:
        reading = redis_store(visit(Target("x", "http://h:1", redis_url=f"redis://{address}", timeout_s=0.2)))
    assert (reading.ok, reading.seen) == (False, "no answer within 0.2 s")


RED: list[tuple[Probe, str, Any, str]] = [
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
    (prometheus_targets, "GET /api/v1/targets", {"status": "success"}, "no target at all"),
    (prometheus_targets, "GET /api/v1/targets", scraped(UP, DOWN), "1 of 2 not up: backend/b:8000 (timeout)"),
]


@pytest.mark.parametrize(("one", "route", "body", "seen"), RED)
def test_200_with_the_wrong_body_is_not_ok(one: Probe, route: str, body: Any, seen: str) -> None:
    reading = look(one, {route: (200, body)})
    assert reading.ok is False
    assert seen in reading.seen


def test_part_without_address_is_neither_ok_nor_broken() -> None:
    reading = redis_store(visit(Target("x", "http://h:1")))
    assert reading.ok is None
    assert str(reading) == "redis: not checked: no Redis URL in the target"


def looking(look: Callable[[Visit], str], **about: Any) -> Probe:
    """Make a probe that is in no register."""
    made = probe("odd", **ODD | about)(look)
    del REGISTER["odd"]
    return made


def test_mistake_of_our_own_is_neither_a_pass_nor_a_failure() -> None:
    def odd(found: Visit) -> str:
        raise ZeroDivisionError(found.target.name)

    reading = looking(odd)(visit(Target("x", "http://h:1")))
    assert (reading.outcome, reading.ok, reading.seen) == (Outcome.ERROR, False, "ZeroDivisionError: x")
    assert "the prober itself failed" in str(reading)


def test_unforeseen_error_is_redacted() -> None:
    def leaky(found: Visit) -> str:
        raise ValueError(found.target.redis_url)

    reading = looking(leaky)(visit(Target("x", "http://h:1", redis_url="redis://:hush-hush@h:1")))
    assert "hush-hush" not in str(reading)


def breaking(times: int) -> Probe:
    left = iter([True] * times)

    def look(_: Visit) -> str:
        if next(left, False):
            raise httpx.RemoteProtocolError("gone")
        return "200"

    return looking(look)


def test_connection_that_broke_once_is_worth_a_word() -> None:
    reading = breaking(1)(visit(Target("x", "http://h:1")))
    assert reading.outcome is Outcome.DEGRADED
    assert reading.seen == "200, only after: connection closed without an answer"
    assert [attempt.answered for attempt in reading.attempts] == [False, True]


def test_connection_that_breaks_twice_is_broken() -> None:
    reading = breaking(2)(visit(Target("x", "http://h:1")))
    assert (reading.outcome, len(reading.attempts)) == (Outcome.FAIL, 2)


def test_silence_is_waited_for_once() -> None:
    with silent_port() as address:
        reading = front_page(visit(everywhere(f"http://{address}", timeout_s=0.2)))
    assert (reading.outcome, len(reading.attempts)) == (Outcome.FAIL, 1)


def test_answer_later_than_users_are_promised_is_degraded() -> None:
    reading = looking(lambda _: "200")(visit(Target("x", "http://h:1", answer_s=1e-9)))
    assert (reading.outcome, reading.ok) == (Outcome.DEGRADED, True)
    assert "slowly" in reading.seen


def test_runbook_says_what_is_slow() -> None:
    assert visit(Target("x", "http://h:1")).answer_s == BOOK.metrics[1].target.value


def test_what_has_nothing_to_look_at_says_why() -> None:
    def look(_: Visit) -> str:
        raise LeftOut("the front door is not behind TLS")

    reading = looking(look)(visit(Target("x", "http://h:1")))
    assert (reading.outcome, reading.ok) == (Outcome.LEFT_OUT, None)
    assert str(reading) == "odd: not checked: the front door is not behind TLS"


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two checks called 'redis'"):
        probe("redis", **ODD)(lambda _: "ok")


def test_reading_answers_the_five_questions() -> None:
    text = str(look(worker_health, {"GET /health": (200, {"status": "sick"})}))
    for part in ("expected 200 with status healthy", "saw 200 with status 'sick'", " s at http://127", "next: "):
        assert part in text


def test_essentials_read_every_part_once() -> None:
    with site({}) as served:
        readings = CATALOGUE.essentials(visit(everywhere(served.url)))
    assert [reading.name for reading in readings] == [one.name for one in ALL if one.essential]


def test_slow_answer_within_the_limit_is_ok_and_timed() -> None:
    pause = threading.Event()

    def slowly(_: Any) -> Any:
        pause.wait(0.1)
        return 200, "<html></html>"

    began = time.monotonic()
    reading = look(front_page, {"GET /": slowly})
    assert reading.ok
    assert 0.1 <= reading.seconds <= time.monotonic() - began
