"""How the audit learns what became of the jobs, and how long it waits for that."""

import time
from typing import Any, Self

import psycopg
import pytest

from drills.checks.result import CheckFailed
from drills.checks.target import Target
from drills.drill.loss_audit import AuditError
from load import settling
from load.job_states import State, unfinished
from load.job_states import job_states as states_of
from load.sessions import Sessions
from load.settling import settle
from tests.helpers.fake_system import Asked, fake_system

JOBS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(4)]


def test_unfinished_names_the_open_and_the_unknown() -> None:
    states = dict(zip(JOBS, (State("completed", 1), State("pending"), None, State("failed")), strict=True))
    assert unfinished(states) == (JOBS[1], JOBS[2])


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("load.settling.POLL_S", 0.01)


READ, GIVEN_UP = State("completed", 2), State("failed", None, "no schedule")
REASONS = {"failed": "no schedule"}


def system(states: dict[str, Any]) -> dict[str, Any]:
    def job(asked: Asked) -> tuple[int, Any]:
        if asked.path.endswith("/result"):
            return 200, {"events": [{}, {}]}
        found = states[asked.path.rpartition("/")[2]]
        return (found, {}) if isinstance(found, int) else (200, {"status": found, "error": REASONS.get(found)})

    return {"GET /api/jobs/*": job}


def test_jobs_are_asked_for_at_the_front_door_without_a_dsn() -> None:
    with fake_system(system({JOBS[0]: "completed", JOBS[1]: 404, JOBS[2]: "failed"})) as served:
        found = states_of(Target(name="x", front_url=served.url), JOBS[:3])
    assert found == {JOBS[0]: READ, JOBS[1]: None, JOBS[2]: GIVEN_UP}


@pytest.mark.parametrize("status", [500, 503, 429])
def test_error_answer_is_not_taken_for_an_unknown_job(status: int) -> None:
    with fake_system(system({JOBS[0]: status})) as served, pytest.raises(AuditError, match=f"saw {status}"):
        states_of(Target(name="x", front_url=served.url), JOBS[:1])


def test_refused_connection_is_an_error_and_not_a_loss() -> None:
    with pytest.raises(AuditError, match=r"connection refused; nothing can be judged"):
        states_of(Target(name="x", front_url="http://127.0.0.1:9"), JOBS[:1])


def test_postgres_that_is_away_is_an_error_without_its_password() -> None:
    target = Target(name="x", front_url="http://h:1", postgres_dsn="postgresql://u:hush-hush@127.0.0.1:9/db")
    with pytest.raises(AuditError, match="connection refused") as error:
        states_of(target, JOBS[:1])
    assert "hush-hush" not in str(error.value)


def test_no_request_is_sent_for_no_jobs() -> None:
    assert states_of(Target(name="x", front_url="http://127.0.0.1:9"), []) == {}


def test_settle_waits_until_all_jobs_ended_and_asks_only_for_the_open_ones() -> None:
    states: dict[str, Any] = {JOBS[0]: "completed", JOBS[1]: "pending"}
    answers = system(states)
    look = answers["GET /api/jobs/*"]

    def later(asked: Asked) -> tuple[int, Any]:
        answer: tuple[int, Any] = look(asked)
        if JOBS[1] in asked.path:
            states[JOBS[1]] = "failed"
        return answer

    with fake_system({"GET /api/jobs/*": later}) as served:
        found = settle(Target(name="x", front_url=served.url), JOBS[:2], deadline_s=10)
    assert found == {JOBS[0]: READ, JOBS[1]: GIVEN_UP}
    assert sum(asked.path.endswith(JOBS[0]) for asked in served.asked) == 1


def test_settle_reports_open_jobs_at_the_deadline() -> None:
    with fake_system(system({JOBS[0]: "processing"})) as served:
        found = settle(Target(name="x", front_url=served.url), JOBS[:1], deadline_s=0.1)
    assert found == {JOBS[0]: State("processing")}


def test_settle_is_blind_and_says_so_when_the_system_does_not_answer() -> None:
    with fake_system(system({JOBS[0]: 503})) as served, pytest.raises(AuditError, match="saw 503"):
        settle(Target(name="x", front_url=served.url), JOBS[:1], deadline_s=0.1)


def test_settle_does_not_wait_for_a_system_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault's own lock stays until the fault ends: its audit is over long before all jobs could have ended."""
    monkeypatch.setattr(settling, "BLIND_S", 0.05)
    began = time.monotonic()
    with fake_system(system({JOBS[0]: 503})) as served, pytest.raises(AuditError, match="saw 503"):
        settle(Target(name="x", front_url=served.url), JOBS[:1], deadline_s=60)
    assert 0.05 <= time.monotonic() - began < 10


def test_settle_outlasts_a_system_that_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "BLIND_S", 5.0)
    replies = iter([503, 503, "completed"])

    def again(asked: Asked) -> tuple[int, Any]:
        if asked.path.endswith("/result"):
            return 200, {"events": [{}, {}]}
        reply = next(replies)
        return (reply, {}) if isinstance(reply, int) else (200, {"status": reply})

    with fake_system({"GET /api/jobs/*": again}) as served:
        assert settle(Target(name="x", front_url=served.url), JOBS[:1], deadline_s=10) == {JOBS[0]: READ}


@pytest.mark.parametrize("status", ["pending", None])
def test_settle_gives_up_on_jobs_that_no_queue_holds(status: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("load.settling.IDLE_S", 0.05)
    expected = {JOBS[0]: State(status) if status else None}
    idle = system({JOBS[0]: status or 404}) | {"GET /api/jobs/metrics": (200, {"total": 0})}
    began = time.monotonic()
    with fake_system(idle) as served:
        assert settle(Target(name="x", front_url=served.url), JOBS[:1], deadline_s=30) == expected
    assert 0.05 <= time.monotonic() - began < 10


@pytest.mark.parametrize("reply", [(200, {"total": 1}), (503, {}), (200, b"?")], ids=["busy", "ill", "unreadable"])
def test_settle_waits_while_the_queue_holds_jobs_or_does_not_say(reply: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("load.settling.IDLE_S", 0.05)
    with fake_system(system({JOBS[0]: "pending"}) | {"GET /api/jobs/metrics": reply}) as served:
        began = time.monotonic()
        settle(Target(name="x", front_url=served.url), JOBS[:1], deadline_s=0.3)
        assert time.monotonic() - began >= 0.3


class Connection:
    """A connection to Postgres that keeps how it was opened, and fails as one whose lock was not given."""

    opened: dict[str, Any]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, *_: object) -> None:
        raise psycopg.errors.LockNotAvailable("canceling statement due to lock timeout")


def test_a_query_waits_neither_for_a_lock_nor_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: dict[str, Any] = {}

    def connect(_: str, **options: Any) -> Connection:
        opened.update(options)
        return Connection()

    monkeypatch.setattr(psycopg, "connect", connect)
    target = Target(name="x", front_url="http://h:1", postgres_dsn="postgresql://u@h/db", timeout_s=5.0)
    with pytest.raises(AuditError, match=r"Postgres of x to say what became of the jobs, saw: .*lock timeout"):
        states_of(target, JOBS[:1])
    assert opened["options"] == "-c statement_timeout=5s -c lock_timeout=2s"
    assert opened["connect_timeout"] == 5


def test_sessions_are_looked_for_within_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("load.sessions.authenticated", lambda _: "a@x")
    two: Any = {"a@x": object(), "b@x": object()}
    assert Sessions(two).alive(10.0) == 1
    with pytest.raises(CheckFailed, match="each of 2 sessions in time, and it took longer"):
        Sessions(two).alive(0.0)
