import base64
from itertools import chain, repeat
from typing import Any

import pytest

from checks.health.backend_queue import LOOKS, queue_counts
from drills.checks.context import CheckContext
from drills.checks.definition import Check
from drills.checks.health.queue import IDLE_S, queue_keys, workers
from drills.checks.health.queue_jobs import LOOKED_AT, oldest_job, stalled_jobs
from drills.checks.result import CheckResult, Outcome
from tests.helpers.checking import target_at
from tests.helpers.fake_redis import fake_redis
from tests.helpers.fake_system import COUNTS, Reply, fake_system
from tests.helpers.own_runbook import OWN_RUNBOOK

Q = "bull:exams:"
NOW_S = 1_000_000
SILENCE_S = 60 + IDLE_S  # a job of the contract takes at most a minute
ALIVE = f"id=1 addr=10.0.0.1:4 name=bull:exams db=0 idle={SILENCE_S:.0f} cmd=bzpopmin"


def look(one: Check, front_url: str = "http://h:1", **about: Any) -> CheckResult:
    with fake_redis(**about) as store:
        return one(CheckContext(target_at(front_url, redis_url=store.url, queue="exams"), OWN_RUNBOOK))


def holding(**kept: Any) -> dict[str, Any]:
    return {"keys": {Q + name.replace("_", ":"): value for name, value in kept.items()}}


def added(seconds_ago: float) -> dict[str, str]:
    return {"timestamp": str(round((NOW_S - seconds_ago) * 1000))}


def client(name: str, idle: str = "0", db: int = 0) -> dict[str, Any]:
    return {
        "clients": [
            "id=1 addr=10.0.0.9:1 name= db=0 idle=0 cmd=info",
            f"id=2 addr=10.0.0.1:4 name={name} db={db} idle={idle}",
        ]
    }


GREEN: list[tuple[Check, dict[str, Any], str]] = [
    (queue_keys, holding(meta={"a": "b"}, wait=["1"]), "meta, wait"),
    (oldest_job, holding(meta={"a": "b"}), "no job waits"),
    (oldest_job, holding(wait=["2", "1"], **{"1": added(60), "2": added(1)}), "the oldest has waited 60.0 s"),
    (oldest_job, holding(wait=["0:marker"]), "no job waits"),
    (oldest_job, holding(wait=["1"], **{"1": added(-3)}), "waited 0.0 s"),
    (stalled_jobs, {}, "no job is active"),
    (stalled_jobs, holding(active=["1", "2"], **{"1_lock": "a", "2_lock": "b"}), "2 active, each with its lock"),
    (workers, {"clients": [ALIVE]}, "workers at 1 addresses"),
    (workers, client("bull:exams:w:second"), "workers at 1"),
    (workers, client("bull:" + base64.b64encode(b"exams").decode()), "workers at 1"),
    (workers, client("bull:" + base64.b64encode(b"exams").decode() + ":w:node"), "workers at 1"),
]
RED: list[tuple[Check, dict[str, Any], str]] = [
    (queue_keys, {}, "no key of a queue exams, and no worker of it"),
    (queue_keys, client("bull:others"), "no key of a queue exams, and no worker of it"),
    (queue_keys, {"keys": {"bull:other:meta": {}}}, "no key of a queue exams"),
    (queue_keys, holding(wait="1"), "wait is a string, not a list"),
    (oldest_job, holding(wait=["2", "1"], **{"1": added(61), "2": added(1)}), "a job has waited 61 s"),
    (oldest_job, holding(prioritized={"1"}, **{"1": added(61)}), "a job has waited 61 s"),
    (oldest_job, holding(wait=["1"]), "1 jobs wait that say not since when, such as 1"),
    (oldest_job, holding(wait=["1"], **{"1": {"timestamp": "soon"}}), "say not since when"),
    (stalled_jobs, holding(active=["1", "2"], **{"2_lock": "b"}), "1 of 2 active jobs without a lock, such as 1"),
    (workers, {}, "no client of Redis is a worker of exams"),
    (workers, client("bull:others"), "no client of Redis"),
    (workers, client("bull:exams:qe"), "no client of Redis"),
    (workers, client("bull:exams", idle=str(round(SILENCE_S) + 1)), "none of which asked for a job"),
    (workers, client("bull:exams", idle="?"), "none of which asked for a job"),
    (workers, client("bull:exams", db=1), "no client of Redis"),
]


@pytest.mark.parametrize(("one", "about", "seen"), GREEN)
def test_sound_queue_passes(one: Check, about: dict[str, Any], seen: str) -> None:
    check_result = look(one, **about)
    assert check_result.outcome is Outcome.PASS, str(check_result)
    assert seen in check_result.seen


@pytest.mark.parametrize(("one", "about", "seen"), RED)
def test_what_is_wrong_with_the_queue_is_seen(one: Check, about: dict[str, Any], seen: str) -> None:
    check_result = look(one, **about)
    assert check_result.outcome is Outcome.FAIL, str(check_result)
    assert seen in check_result.seen


def test_oldest_of_a_very_long_queue_is_found_at_its_end() -> None:
    names = [str(number) for number in range(1, 3 * LOOKED_AT)]
    about = holding(wait=names, **{name: added(1) for name in names[:-1]}, **{names[-1]: added(100)})
    assert "waited 100 s" in look(oldest_job, **about).seen


def test_job_that_ended_between_two_questions_has_not_stalled() -> None:
    turns = iter([[b"1"], []])
    assert look(stalled_jobs, says={"LRANGE": lambda *_: next(turns)}).ok


def test_queue_that_was_never_given_a_job_has_no_keys() -> None:
    check_result = look(queue_keys, **client("bull:exams"))
    assert (check_result.outcome, "wait for the first job" in check_result.seen) == (Outcome.SKIPPED, True), str(
        check_result
    )


def test_redis_that_refuses_to_list_clients_is_reported() -> None:
    check_result = look(workers, says={"CLIENT": lambda what, *_: refused() if what == "LIST" else "OK"})
    assert check_result.outcome is Outcome.SKIPPED, str(check_result)


def refused() -> Exception:
    return Exception("NOPERM this user has no permissions to run the 'client|list' command")


AS_COUNTED: dict[str, Any] = holding(
    wait=["1"],
    prioritized={"2"},
    active=["3"],
    completed=set("abcdefghi"),
    failed={"x"},
    delayed={"4", "5", "6"},
    id="9",
)


def compare(told: Any, **about: Any) -> CheckResult:
    with fake_system({"GET /api/jobs/metrics": told}) as served:
        return look(queue_counts, served.url, **about)


def test_api_that_counts_as_redis_does_passes() -> None:
    check_result = compare((200, COUNTS), **AS_COUNTED)
    assert check_result.ok, str(check_result)
    assert check_result.figures["jobs_waiting"] == 2


@pytest.mark.parametrize("name", ["waiting", "active", "completed", "failed", "delayed"])
def test_any_number_that_is_off_by_one_in_a_still_queue_is_named(name: str) -> None:
    check_result = compare((200, {**COUNTS, name: COUNTS[name] + 1}), **AS_COUNTED)
    assert check_result.outcome is Outcome.FAIL
    assert check_result.seen == f"{name} {COUNTS[name] + 1}, in Redis {COUNTS[name]}"


def test_number_of_a_queue_in_motion_may_lie_between() -> None:
    turns = chain([9, 19], repeat(19))
    about = AS_COUNTED | {"says": {"GET": lambda _: str(next(turns)).encode()}}
    assert compare((200, {**COUNTS, "waiting": 9}), **about).ok


def test_number_that_no_motion_explains_fails_after_a_few_looks() -> None:
    turns = iter(range(9, 99))
    asked: list[int] = []

    def told(_: Any) -> Reply:
        asked.append(1)
        return 200, {**COUNTS, "waiting": 500}

    about = AS_COUNTED | {"says": {"GET": lambda _: str(next(turns)).encode()}}
    assert compare(told, **about).outcome is Outcome.FAIL
    assert len(asked) == LOOKS


def test_count_that_is_none_is_seen() -> None:
    assert "no count of failed" in compare((200, {**COUNTS, "failed": None}), **AS_COUNTED).seen
