"""What must have ended is looked for: keys without an end, locks of ended jobs, files of ended jobs, second entries."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from checks.cleanup import kinds
from checks.smoke.endings import attempts, files
from checks.smoke.endings.keys import keys_that_end, locks
from checks.smoke.endings.worker_death import job_of_a_dead_worker
from drills.checks import Check, CheckContext, CheckFailed, CheckResult, Outcome
from tests.helpers.checking import context, require, target_at
from tests.helpers.fake_redis import fake_redis
from tests.helpers.own_runbook import OWN_RUNBOOK

LOCK = "bull:exams:7:lock"
JOB = "00000000-0000-4000-8000-000000000001"


def look(check: Check, **about: Any) -> CheckResult:
    with fake_redis(**about) as store:
        return check(CheckContext(target_at(redis_url=store.url, queue="exams"), OWN_RUNBOOK))


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("rate:GET:/api/x:203.0.113.9:7", "1 of 1 keys without an end, such as rate:GET"),
        (f"cache:result:{JOB}", "1 of 1 keys without an end, such as cache:result"),
        ("settings:theme", ""),
        (f"bull:exams:{JOB}", ""),
        ("sess:203.0.113.9", ""),
    ],
)
def test_key_of_a_client_or_a_job_has_to_end(name: str, seen: str) -> None:
    require(look(keys_that_end, keys={name: "1"}), seen)
    require(look(keys_that_end, keys={name: "1"}, lives={name: 60}), "")


@pytest.mark.parametrize(
    ("active", "left_s", "seen"),
    [
        (["7"], 30, ""),
        ([], 30, "1 of 1 locks hold no active job, or have no end, such as bull:exams:7:lock"),
        (["7"], -1, "or have no end"),
        ([], -2, ""),
    ],
)
def test_lock_belongs_to_an_active_job_and_ends(active: list[str], left_s: int, seen: str) -> None:
    keys = {"bull:exams:meta": {"a": "b"}, "bull:exams:active": active, LOCK: "token"}
    require(look(locks, keys=keys, lives={LOCK: left_s}), seen)


@pytest.mark.parametrize(
    ("looks", "outcome"),
    [
        ([set()], Outcome.PASS),
        ([{"a"}, {"b"}], Outcome.PASS),
        ([{"a", "b"}, {"b"}, {"b"}], Outcome.FAIL),
    ],
    ids=["none", "other files each time", "one that stays"],
)
def test_file_that_stays_after_its_job_is_seen(
    monkeypatch: pytest.MonkeyPatch, looks: list[set[str]], outcome: Outcome
) -> None:
    turns = iter(looks)
    monkeypatch.setattr(files, "PATIENCE_S", 0.2)
    monkeypatch.setattr(files, "_of_ended", lambda _: set(next(turns, looks[-1])))
    about = {
        "s3_access_key": "access",
        "s3_secret_key": "secret",
        "store_url": "http://h:1",
        "postgres_dsn": "postgresql://h/d",
    }
    check_result = files.files_of_ended_jobs(context(target_at(**about)))
    assert check_result.outcome is outcome, str(check_result)
    assert outcome is Outcome.PASS or "1 files of jobs that have ended, such as b" in check_result.seen


@pytest.mark.parametrize("number", [0, 1, 2])
def test_job_has_one_entry(number: int) -> None:
    entries = {str(one) for one in range(number)}
    data = {f"bull:exams:{one}": {"data": json.dumps({"jobId": JOB}), "atm": "3"} for one in entries}
    says = {
        "ZRANGEBYSCORE": lambda key, *_: [one.encode() for one in entries] if key.endswith("completed") else [],
        "HGETALL": lambda key: data[key],
    }
    with fake_redis(keys=data, says=says) as store:
        here = context(target_at(redis_url=store.url, queue="exams"))
        if number == 1:
            (found,) = attempts._entries_of(here, JOB, time.time())  # noqa: SLF001
            assert attempts._made(found) == 3  # noqa: SLF001
            return
        with pytest.raises(CheckFailed, match=f"{number} entries in the queue for job {JOB}"):
            attempts._entries_of(here, JOB, time.time())  # noqa: SLF001


@pytest.mark.parametrize(
    ("jobs", "attempts_made", "outcome", "seen"),
    [
        ([JOB], "1", Outcome.PASS, "1 jobs of this run"),
        ([JOB, JOB], "1", Outcome.FAIL, "several entries in the queue for job"),
        ([JOB], "2", Outcome.FAIL, "took 2 attempts"),
        (["another"], "1", Outcome.SKIPPED, "no entry of an upload of this run"),
    ],
    ids=["one", "two", "attempts", "none"],
)
def test_each_upload_of_this_run_has_one_entry(
    jobs: list[str], attempts_made: str, outcome: Outcome, seen: str
) -> None:
    data = {
        f"bull:exams:{number}": {"data": json.dumps({"jobId": job}), "atm": attempts_made}
        for number, job in enumerate(jobs)
    }
    numbers = [str(number).encode() for number in range(len(jobs))]
    says = {
        "ZRANGEBYSCORE": lambda key, *_: numbers if key.endswith("completed") else [],
        "HGETALL": lambda key: data[key],
    }
    with fake_redis(keys=data, says=says) as store:
        here = context(target_at(redis_url=store.url, queue="exams"))
        here.artifacts.note(kinds.JOB, JOB)
        check_result = attempts.one_entry(here)
        letter = attempts.one_entry(replace(here, target=here.target.changed(contract="reference")))
    assert check_result.outcome is outcome, str(check_result)
    assert seen in check_result.seen
    assert letter.outcome is (Outcome.FAIL if outcome is Outcome.SKIPPED else outcome)


def test_workers_are_killed_in_a_sandbox_only() -> None:
    given = {"engine_url": "unix:///var/run/docker.sock", "project": "p", "redis_url": "redis://h:1/0"}
    check_result = job_of_a_dead_worker(context(target_at(**given)))
    assert check_result.outcome is Outcome.SKIPPED
    assert "sandbox" in check_result.seen
