from typing import Any

import pytest

from drills.checks.artifacts import Kind
from drills.checks.context import CheckContext
from drills.checks.definition import Check
from drills.checks.health.redis import (
    redis_memory,
    redis_persistence,
    redis_policy,
    redis_store,
    redis_write,
    session_keys,
)
from drills.checks.result import CheckResult, Outcome
from tests.helpers.checking import target_at
from tests.helpers.fake_redis import HEALTHY_CONFIG, HEALTHY_INFO, fake_redis
from tests.helpers.own_runbook import OWN_RUNBOOK

SESSION = {"keys": {"sess:a": "{}", "sess:b": "{}"}, "lives": {"sess:a": 60}}


def look(one: Check, **about: Any) -> CheckResult:
    with fake_redis(**about) as store:
        return one(CheckContext(target_at(redis_url=store.url, session_prefix="sess:"), OWN_RUNBOOK))


GREEN: list[tuple[Check, dict[str, Any], str]] = [
    (redis_store, {}, "PONG"),
    (redis_policy, {}, "noeviction"),
    (redis_memory, {}, "50.0% of"),
    (redis_persistence, {}, "append-only file, everysec"),
    (redis_write, {}, "written, read back and deleted"),
    (session_keys, {**SESSION, "lives": {"sess:a": 60, "sess:b": 1}}, "2 sessions, all"),
]
RED: list[tuple[Check, dict[str, Any], str]] = [
    (redis_policy, {"config": {"maxmemory-policy": "allkeys-lru"}}, "allkeys-lru, which evicts"),
    (redis_memory, {"info": {**HEALTHY_INFO, "used_memory": 60}}, "instead of < 80%"),
    (redis_memory, {"info": {**HEALTHY_INFO, "maxmemory": 0}}, "of no limit"),
    (redis_memory, {"info": {}}, "without used_memory"),
    (redis_persistence, {"info": {**HEALTHY_INFO, "aof_enabled": 0}}, "no append-only file"),
    (redis_persistence, {"info": {**HEALTHY_INFO, "aof_last_write_status": "err"}}, "aof_last_write_status err"),
    (redis_persistence, {"info": {**HEALTHY_INFO, "rdb_last_bgsave_status": "err"}}, "rdb_last_bgsave_status err"),
    (redis_persistence, {"config": {**HEALTHY_CONFIG, "appendfsync": "no"}}, "appendfsync no"),
    (redis_write, {"says": {"SET": lambda *_: Exception("OOM command not allowed")}}, "OutOfMemoryError: command"),
    (redis_write, {"says": {"GET": lambda _: b"another"}}, "read another"),
    (redis_write, {"says": {"TTL": lambda _: -1}}, "time to live of -1 s"),
    (redis_write, {"says": {"DEL": lambda _: 0}}, "deleted 0"),
    (session_keys, SESSION, "1 of 2 sessions without a time to live"),
]


@pytest.mark.parametrize(("one", "about", "seen"), GREEN)
def test_sound_redis_passes(one: Check, about: dict[str, Any], seen: str) -> None:
    check_result = look(one, **about)
    assert check_result.outcome is Outcome.PASS, str(check_result)
    assert seen in check_result.seen


@pytest.mark.parametrize(("one", "about", "seen"), RED)
def test_what_is_wrong_with_redis_is_seen(one: Check, about: dict[str, Any], seen: str) -> None:
    check_result = look(one, **about)
    assert check_result.outcome is Outcome.FAIL, str(check_result)
    assert seen in check_result.seen


def test_without_sessions_nothing_is_said_of_them() -> None:
    assert look(session_keys).outcome is Outcome.SKIPPED


def test_session_that_ends_during_the_look_is_no_finding() -> None:
    assert look(session_keys, keys={"sess:a": "{}"}, says={"TTL": lambda _: -2}).outcome is Outcome.SKIPPED


def test_key_of_ours_is_noted_and_gone() -> None:
    with fake_redis() as store:
        context = CheckContext(target_at(redis_url=store.url, session_prefix="sess:"), OWN_RUNBOOK)
        assert redis_write(context).ok
    assert store.keys == {}
    (name,) = context.artifacts.noted(Kind.KEY)
    assert name.startswith("synthetic:SYN")


def refused(*_: str) -> Exception:
    return Exception("NOPERM this user has no permissions to run the command")


def unknown(*_: str) -> Exception:
    return Exception("ERR unknown command 'CONFIG'")


@pytest.mark.parametrize("no", [refused, unknown])
def test_redis_without_config_is_seen_by_its_info(no: Any) -> None:
    says = {"CONFIG": no}
    for policy, outcome in (("noeviction", Outcome.PASS), ("allkeys-lru", Outcome.FAIL)):
        info = {**HEALTHY_INFO, "maxmemory_policy": policy}
        assert look(redis_policy, says=says, info=info).outcome is outcome
    check_result = look(redis_persistence, says=says)
    assert (check_result.outcome, check_result.remarks) == (Outcome.PASS, ("this user may not read appendfsync",))


@pytest.mark.parametrize("one", [redis_policy, redis_memory, redis_persistence, redis_write, session_keys])
@pytest.mark.parametrize("no", [refused, unknown])
def test_what_a_user_may_not_ask_is_left_out(one: Check, no: Any) -> None:
    check_result = look(one, says=dict.fromkeys(("CONFIG", "INFO", "SET", "SCAN"), no))
    assert check_result.outcome is Outcome.SKIPPED, str(check_result)
    assert check_result.seen


def test_user_that_may_not_ping_is_answered() -> None:
    assert look(redis_store, says={"PING": refused}).outcome is Outcome.PASS
