"""Second channels: which value each quantity has past Prometheus, and which of the readings are recorded."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from redis import Redis

from drills.drill.observation.channels import AT_WORK, CONTAINERS, CORES, DISK, LIMITS, Values, read_channels
from drills.drill.phases import second_channel
from drills.drill.system import System
from drills.record.events import Failure
from drills.record.history import History
from drills.record.measurements import SecondChannel
from drills.runbook.model import Quantity
from drills.sandbox.descriptor import Descriptor, read
from tests.helpers.fake_redis import fake_redis
from tests.helpers.fake_system import fake_system
from tests.helpers.paths import ROOT
from tests.helpers.quiet_system import REFERENCE, QuietSandbox, quiet_system
from tests.helpers.runs import QuietFault, SteppedRecorder, SteppedRun, a_run, a_scenario, stepped
from tests.helpers.small_postgres import folder_of_programs, small_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


def test_sessions_at_work_and_all_sessions_are_two_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(System, "count_rows", lambda _, __, states: 3 if states == AT_WORK else 50)
    assert values(Quantity.CONNECTION_POOL) == [3.0, 50.0]


@pytest.mark.skipif(PROGRAMS is None, reason="no Postgres on this machine (apt-get install postgresql)")
def test_most_sessions_of_one_client_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaked session does nothing; two clients of one session each are not one client of two."""
    with small_postgres(PROGRAMS or ROOT) as address, ExitStack() as sessions:
        dsn = f"{address} user=owner"
        monkeypatch.setattr("drills.sandbox.stack.Stack.postgres_dsn", dsn)
        for client, count in (("backend", 3), ("worker", 1)):
            for _ in range(count):
                sessions.enter_context(psycopg.connect(dsn, application_name=client, autocommit=True))
        assert values(Quantity.CONNECTION_POOL) == [0.0, 3.0]
        open_transaction = sessions.enter_context(psycopg.connect(dsn, application_name="worker"))
        open_transaction.execute("SELECT 1")
        assert values(Quantity.CONNECTION_POOL) == [1.0, 3.0]


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


NARROW, WIDE = "at work", "all"


def a_reading_run(folder: Path, monkeypatch: pytest.MonkeyPatch, *readings: Values) -> SteppedRun:
    """Return a run of incident 5, whose target is below 50, that reads these values one after the other."""
    left = list(readings)
    monkeypatch.setattr(second_channel, "read_channels", lambda *_: left.pop(0) if len(left) > 1 else left[0])
    return stepped(a_run(folder, a_scenario(QuietFault())), SteppedRecorder(folder / "stepped"))


def recorded(run: SteppedRun) -> list[tuple[str, str, float | None]]:
    return [(event.when, event.channel, event.value) for event in History(run.record.events).of(SecondChannel)]


def test_normal_reads_every_channel_once_all_are_at_the_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {NARROW: 3.0, WIDE: 50.0}, {NARROW: 2.0, WIDE: 6.0})
    second_channel.record_normal(run)
    assert recorded(run) == [("normal", NARROW, 2.0), ("normal", WIDE, 6.0)]


def test_abnormal_is_the_narrowest_channel_that_shows_the_incident(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {NARROW: 3.0, WIDE: 6.0}, {NARROW: 50.0, WIDE: 50.0})
    second_channel.record_abnormal(run)
    assert recorded(run) == [("abnormal", NARROW, 50.0)]


def test_abnormal_that_only_the_wide_channel_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {NARROW: None, WIDE: 50.0})
    second_channel.record_abnormal(run)
    assert recorded(run) == [("abnormal", WIDE, 50.0)]


def test_abnormal_that_no_channel_shows_is_recorded_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {NARROW: 3.0, WIDE: None})
    second_channel.record_abnormal(run)
    assert recorded(run) == [("abnormal", NARROW, 3.0), ("abnormal", WIDE, None)]
    assert [failure.phase for failure in History(run.record.events).of(Failure)] == ["diagnose"]


def test_channel_that_showed_the_incident_has_to_show_the_recovery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad: Values = {NARROW: 3.0, WIDE: 50.0}
    run = a_reading_run(tmp_path, monkeypatch, bad, bad, {NARROW: 50.0, WIDE: 2.0})
    second_channel.record_abnormal(run)
    second_channel.record_recovered(run, 10.0)
    assert recorded(run) == [("abnormal", WIDE, 50.0), ("recovered", WIDE, 2.0)]


def test_channel_that_stays_bad_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {NARROW: 3.0, WIDE: 50.0})
    second_channel.record_abnormal(run)
    second_channel.record_recovered(run, 10.0)
    assert recorded(run)[-1] == ("recovered", WIDE, 50.0)
    assert [failure.phase for failure in History(run.record.events).of(Failure)] == ["settle"]


def test_quantity_without_a_channel_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_reading_run(tmp_path, monkeypatch, {})
    second_channel.record_normal(run)
    second_channel.record_abnormal(run)
    second_channel.record_recovered(run, 10.0)
    assert (recorded(run), History(run.record.events).of(Failure), run.record.now) == ([], [], 0.0)
