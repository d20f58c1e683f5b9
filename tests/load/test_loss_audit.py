import time
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from drills.checks.target import Target
from drills.drill.loss_audit import AuditError
from drills.load.ledger import Row
from load.loss_audit import Losses, final_status, losses, settle, unfinished
from tests.helpers.fake_system import Asked, fake_system

JOBS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(4)]
UPLOAD = Row(
    t=1, at=1, client="u1", request="r", op="upload", method="POST", route="/api/upload", status=201, ok=True, ms=1
)
ROWS = [replace(UPLOAD, acknowledged=job) for job in JOBS]
NOTHING: Counter[str] = Counter()


def judged(final: dict[str, str | None], completions: Counter[str] = NOTHING, **sessions: int) -> Losses:
    before, after = sessions.get("sessions_before", 0), sessions.get("sessions_after", 0)
    return losses(ROWS, final, completions, sessions_before=before, sessions_after=after)


def all_of(status: str | None, **others: str | None) -> dict[str, str | None]:
    return dict.fromkeys(JOBS, status) | {JOBS[int(key[1:])]: value for key, value in others.items()}


def test_jobs_that_completed_or_failed_are_not_lost() -> None:
    found = judged(all_of("completed", j1="failed"), Counter(JOBS))
    assert found == Losses(jobs=0, duplicates=0, sessions=0, rows=0, requests_failed=0)
    assert found.none


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_accepted_job_that_never_ended_is_lost(status: str) -> None:
    found = judged(all_of("completed", j2=status))
    assert (found.jobs, found.rows, found.none) == (1, 0, False)


def test_accepted_job_that_the_system_does_not_know_is_a_lost_row_and_counted_once() -> None:
    found = judged(all_of("completed", j0=None))
    assert (found.jobs, found.rows, found.none) == (0, 1, False)


def test_second_and_third_completion_are_duplicates() -> None:
    assert judged(all_of("completed"), Counter({JOBS[0]: 3, JOBS[1]: 1})).duplicates == 2


def test_completion_of_a_job_outside_of_the_ledger_is_no_duplicate() -> None:
    assert judged(all_of("completed"), Counter({"other": 2})).duplicates == 0


def test_lost_sessions_are_the_difference_and_never_negative() -> None:
    assert judged(all_of("completed"), sessions_before=10, sessions_after=4).sessions == 6
    assert judged(all_of("completed"), sessions_before=4, sessions_after=10).sessions == 0


def test_failed_requests_are_counted_and_are_no_loss_of_a_promise() -> None:
    rows = [*ROWS, replace(UPLOAD, ok=False, status=503)]
    found = losses(rows, all_of("completed"), NOTHING, sessions_before=0, sessions_after=0)
    assert (found.requests_failed, found.none) == (1, True)


def test_job_that_was_not_looked_up_is_an_error_and_not_a_loss() -> None:
    with pytest.raises(AuditError, match="1 acknowledged jobs were not looked up"):
        judged(dict.fromkeys(JOBS[1:], "completed"))


def test_unfinished_names_the_open_and_the_unknown() -> None:
    assert unfinished(all_of("completed", j1="pending", j2=None, j3="failed")) == (JOBS[1], JOBS[2])


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("load.loss_audit.POLL_S", 0.01)


def system(states: dict[str, Any]) -> dict[str, Any]:
    def job(asked: Asked) -> tuple[int, Any]:
        found = states[asked.path.rpartition("/")[2]]
        return (found, {}) if isinstance(found, int) else (200, {"status": found})

    return {"GET /api/jobs/*": job}


def test_status_is_asked_at_the_front_door_without_a_dsn() -> None:
    with fake_system(system({JOBS[0]: "completed", JOBS[1]: 404})) as served:
        found = final_status(Target(name="x", front_url=served.url), JOBS[:2])
    assert found == {JOBS[0]: "completed", JOBS[1]: None}


@pytest.mark.parametrize("status", [500, 503, 429])
def test_error_answer_is_not_taken_for_an_unknown_job(status: int) -> None:
    with fake_system(system({JOBS[0]: status})) as served, pytest.raises(AuditError, match=f"saw {status}"):
        final_status(Target(name="x", front_url=served.url), JOBS[:1])


def test_refused_connection_is_an_error_and_not_a_loss() -> None:
    with pytest.raises(AuditError, match=r"connection refused; nothing can be judged"):
        final_status(Target(name="x", front_url="http://127.0.0.1:9"), JOBS[:1])


def test_postgres_that_is_away_is_an_error_without_its_password() -> None:
    target = Target(name="x", front_url="http://h:1", postgres_dsn="postgresql://u:hush-hush@127.0.0.1:9/db")
    with pytest.raises(AuditError, match="connection refused") as error:
        final_status(target, JOBS[:1])
    assert "hush-hush" not in str(error.value)


def test_no_request_is_sent_for_no_jobs() -> None:
    assert final_status(Target(name="x", front_url="http://127.0.0.1:9"), []) == {}


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
    assert found == {JOBS[0]: "completed", JOBS[1]: "failed"}
    assert sum(JOBS[0] in asked.path for asked in served.asked) == 1


def test_settle_reports_open_jobs_at_the_deadline() -> None:
    with fake_system(system({JOBS[0]: "processing"})) as served:
        assert settle(Target(name="x", front_url=served.url), JOBS[:1], deadline_s=0.1) == {JOBS[0]: "processing"}


def test_settle_is_blind_and_says_so_when_the_system_does_not_answer() -> None:
    with fake_system(system({JOBS[0]: 503})) as served, pytest.raises(AuditError, match="saw 503"):
        settle(Target(name="x", front_url=served.url), JOBS[:1], deadline_s=0.1)


@pytest.mark.parametrize("status", ["pending", None])
def test_settle_gives_up_on_jobs_that_no_queue_holds(status: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("load.loss_audit.IDLE_S", 0.05)
    idle = system({JOBS[0]: status or 404}) | {"GET /api/jobs/metrics": (200, {"total": 0})}
    began = time.monotonic()
    with fake_system(idle) as served:
        assert settle(Target(name="x", front_url=served.url), JOBS[:1], deadline_s=30) == {JOBS[0]: status}
    assert 0.05 <= time.monotonic() - began < 10


@pytest.mark.parametrize("reply", [(200, {"total": 1}), (503, {}), (200, b"?")], ids=["busy", "ill", "unreadable"])
def test_settle_waits_while_the_queue_holds_jobs_or_does_not_say(reply: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("load.loss_audit.IDLE_S", 0.05)
    with fake_system(system({JOBS[0]: "pending"}) | {"GET /api/jobs/metrics": reply}) as served:
        began = time.monotonic()
        settle(Target(name="x", front_url=served.url), JOBS[:1], deadline_s=0.3)
        assert time.monotonic() - began >= 0.3


def test_job_acknowledged_outside_of_the_ledger_is_missed_too() -> None:
    final = {**all_of("completed"), "fault-job": "pending"}
    found = losses(ROWS, final, NOTHING, others=["fault-job"], sessions_before=0, sessions_after=0)
    assert found.jobs == 1
