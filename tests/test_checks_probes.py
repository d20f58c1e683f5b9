import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from checks.probes import (
    SMOKE,
    backend_health,
    front_page,
    gateway_health,
    object_store,
    postgres,
    prometheus_targets,
    queue_metrics,
    redis_store,
    smoke,
    worker_health,
)
from checks.reading import Probe, Reading, probe
from checks.target import Target
from tests.fake_site import COUNTS, HEALTHY, Answer, site

UP = {"health": "up", "labels": {"job": "backend", "instance": "a:8000"}}
DOWN = {"health": "down", "labels": {"job": "backend", "instance": "b:8000"}, "lastError": "timeout"}


def scraped(*targets: dict[str, Any]) -> dict[str, Any]:
    return {"status": "success", "data": {"activeTargets": list(targets)}}


def look(one: Probe, answers: dict[str, Answer], timeout_s: float = 2.0) -> Reading:
    """Let the probe look at a site on which every HTTP part of a target is."""
    with site(answers) as served:
        return one(everywhere(served.url, timeout_s))


def everywhere(url: str, timeout_s: float = 2.0) -> Target:
    return Target("fake", url, url, url, url, url, url, timeout_s=timeout_s)


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


@pytest.mark.parametrize("one", [one for one in SMOKE if one.needs.endswith("_url")], ids=named)
def test_refused_connection_is_a_measurement(one: Probe) -> None:
    address = closed_port()
    target = replace(everywhere(f"http://{address}"), redis_url=f"redis://{address}")
    reading = one(target)
    assert (reading.ok, reading.seen) == (False, "connection refused")


def test_refused_postgres_is_a_measurement() -> None:
    target = Target("gone", "http://h:1", postgres_dsn=f"postgresql://u:hush@{closed_port()}/schedgen")
    reading = postgres(target)
    assert (reading.ok, reading.seen) == (False, "connection refused")
    assert "hush" not in str(reading)


def test_silence_is_measured_with_its_limit() -> None:
    with silent_port() as address:
        reading = front_page(everywhere(f"http://{address}", timeout_s=0.2))
    assert (reading.ok, reading.seen) == (False, "no answer within 0.2 s")


def test_silent_redis_is_measured_with_its_limit() -> None:
    with silent_port() as address:
        reading = redis_store(Target("x", "http://h:1", redis_url=f"redis://{address}", timeout_s=0.2))
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
    reading = redis_store(Target("x", "http://h:1"))
    assert reading.ok is None
    assert str(reading) == "redis: not checked: no Redis URL in the target"


def test_unforeseen_error_never_passes() -> None:
    @probe("odd", needs="front_url", expected="peace", next_step="sleep")
    def odd(target: Target) -> str:
        raise ZeroDivisionError(target.name)

    reading = odd(Target("x", "http://h:1"))
    assert (reading.ok, reading.seen) == (False, "ZeroDivisionError: x")


def test_unforeseen_error_is_redacted() -> None:
    target = Target("x", "http://h:1", redis_url="redis://:hush-hush@h:1")

    @probe("leaky", needs="redis_url", expected="peace", next_step="sleep")
    def leaky(_: Target) -> str:
        raise ValueError(target.redis_url)

    assert "hush-hush" not in str(leaky(target))


def test_reading_answers_the_five_questions() -> None:
    text = str(look(worker_health, {"GET /health": (200, {"status": "sick"})}))
    for part in ("expected 200 with status healthy", "saw 200 with status 'sick'", " s at http://127", "next: "):
        assert part in text


def test_smoke_reads_every_part_once() -> None:
    with site({}) as served:
        readings = smoke(everywhere(served.url), writes=False)
    assert [reading.name for reading in readings] == [one.name for one in SMOKE]


def test_smoke_without_writes_uploads_nothing() -> None:
    with site({}) as served:
        smoke(everywhere(served.url), writes=False)
    assert {asked.method for asked in served.asked} == {"GET"}


def test_slow_answer_within_the_limit_is_ok_and_timed() -> None:
    pause = threading.Event()

    def slowly(_: Any) -> Any:
        pause.wait(0.1)
        return 200, "<html></html>"

    began = time.monotonic()
    reading = look(front_page, {"GET /": slowly})
    assert reading.ok
    assert 0.1 <= reading.seconds <= time.monotonic() - began
