"""Channels: which value each quantity has past Prometheus."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from redis import Redis

from drills.common.waiting import wait_until
from drills.drill.observation.channels import CONTAINERS, CORES, DISK, EVER_S, LIMITS, USED_S, read_channels
from drills.drill.system import System
from drills.runbook.model import Quantity
from drills.sandbox.descriptor import Descriptor, read
from tests.helpers.fake_redis import fake_redis
from tests.helpers.fake_system import fake_system
from tests.helpers.paths import ROOT
from tests.helpers.quiet_system import REFERENCE, QuietSandbox, quiet_system
from tests.helpers.small_postgres import folder_of_programs, small_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = folder_of_programs()
NOTES = read(ROOT / "examples" / "notes" / "descriptor.toml")
STATS = {
    CONTAINERS: "backend 45.00% 30.00%\npdf-worker 10.00% 81.50%\nfrontend 20.00% 1.00%\ngone -- --\n",
    LIMITS: "backend 500000000\npdf-worker 1000000000\nfrontend 0\n",
    CORES: "2\n",
    DISK: " 950 1000\n",
}


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Any:
    @contextmanager
    def client(_: System) -> Iterator[Redis]:
        with Redis.from_url(fake.url) as connected:
            yield connected

    with fake_redis() as fake:
        monkeypatch.setattr(System, "redis", client)
        yield fake


def values(quantity: Quantity, about: Descriptor = REFERENCE) -> list[float | None]:
    return list(read_channels(quiet_system(about, QuietSandbox(STATS)), quantity).values())


@pytest.mark.parametrize("quantity", [Quantity.ERROR_RATE, Quantity.RESPONSE_TIME_P95, Quantity.AUTHENTICATION])
def test_what_is_made_of_requests_has_no_channel(quantity: Quantity) -> None:
    assert values(quantity) == []


@pytest.mark.parametrize("quantity", [Quantity.QUEUE_DEPTH, Quantity.CONNECTION_POOL])
def test_stack_without_the_part_has_no_channel(quantity: Quantity) -> None:
    assert values(quantity, NOTES) == []


def test_waiting_jobs_are_counted_wherever_they_wait(redis: Any) -> None:
    queue = f"bull:{REFERENCE.queue}"
    redis.keys |= {f"{queue}:wait": ["1", "2"], f"{queue}:prioritized": {"3"}, f"{queue}:paused": ["4"]}
    redis.keys |= {f"{queue}:failed": {"5", "6"}}
    assert values(Quantity.QUEUE_DEPTH) == [4.0]


def test_redis_that_does_not_answer_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drills.sandbox.stack.Stack.redis_url", "redis://127.0.0.1:1/0")
    assert values(Quantity.QUEUE_DEPTH) == [None]


def test_shares_are_those_of_each_containers_own_limit(redis: Any) -> None:
    redis.info |= {"used_memory": 32, "maxmemory": 64}
    assert values(Quantity.RESOURCE_UTILIZATION) == [0.95, 0.5, 0.815, 0.9]


def test_redis_without_a_limit_uses_nothing_of_it(redis: Any) -> None:
    redis.info |= {"maxmemory": 0}
    assert values(Quantity.RESOURCE_UTILIZATION)[1] == 0.0


def test_stack_without_redis_has_no_channel_of_it() -> None:
    assert values(Quantity.RESOURCE_UTILIZATION, NOTES) == [0.95, 0.815, 0.9]


def test_sessions_at_work_in_use_and_all_are_three_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = {0.0: 3, USED_S: 47, EVER_S: 50}
    monkeypatch.setattr(System, "count_rows", lambda _, __, ___, rested_s: counted[rested_s])
    assert values(Quantity.CONNECTION_POOL) == [3.0, 47.0, 50.0]


@pytest.mark.skipif(PROGRAMS is None, reason="no Postgres on this machine (apt-get install postgresql)")
def test_most_sessions_of_one_client_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaked session does nothing; two clients of one session each are not one client of two."""
    with small_postgres(PROGRAMS or ROOT) as address, ExitStack() as sessions:
        dsn = f"{address} user=owner"
        monkeypatch.setattr("drills.sandbox.stack.Stack.postgres_dsn", dsn)
        for client, count in (("backend", 3), ("worker", 1)):
            for _ in range(count):
                sessions.enter_context(psycopg.connect(dsn, application_name=client, autocommit=True))
        wait_until(
            lambda: values(Quantity.CONNECTION_POOL) == [0.0, 0.0, 3.0],
            deadline_s=10.0,
            expected="sessions at rest",
            where="a small Postgres",
            next_step="read the query of the channels",
        )
        open_transaction = sessions.enter_context(psycopg.connect(dsn, application_name="worker"))
        open_transaction.execute("SELECT 1")
        assert values(Quantity.CONNECTION_POOL)[::2] == [1.0, 3.0]


@pytest.mark.skipif(PROGRAMS is None, reason="no Postgres on this machine (apt-get install postgresql)")
def test_session_that_was_used_just_now_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drills.drill.observation.channels.USED_S", 30.0)
    with small_postgres(PROGRAMS or ROOT) as address:
        dsn = f"{address} user=owner"
        monkeypatch.setattr("drills.sandbox.stack.Stack.postgres_dsn", dsn)
        with psycopg.connect(dsn, application_name="backend", autocommit=True) as held:
            held.execute("SELECT 1")
            assert values(Quantity.CONNECTION_POOL) == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(("status", "value"), [(200, 1.0), (302, 1.0), (404, 0.0), (503, 0.0)])
def test_service_is_up_when_it_answers_in_order(monkeypatch: pytest.MonkeyPatch, status: int, value: float) -> None:
    with fake_system({"GET /health": (status, "")}) as front:
        monkeypatch.setattr("drills.sandbox.stack.Stack.url", lambda _, __: front.url)
        assert values(Quantity.HEALTH) == [value]


def test_service_that_does_not_answer_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drills.sandbox.stack.Stack.url", lambda _, __: "http://127.0.0.1:1")
    assert values(Quantity.HEALTH) == [0.0]


def test_one_service_that_is_down_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_system({"GET /health": (200, "")}) as front:
        monkeypatch.setattr(
            "drills.sandbox.stack.Stack.url", lambda _, role: front.url if role == "gateway" else "http://127.0.0.1:1"
        )
        assert values(Quantity.HEALTH) == [0.0]
        assert values(Quantity.HEALTH, NOTES) == [1.0]
