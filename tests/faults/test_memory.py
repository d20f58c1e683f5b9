from typing import Any

import pytest
from redis.exceptions import OutOfMemoryError

from scenarios.faults import memory

ROOM = 3


class SmallRedis:
    """Takes as many writes as it has room for, then refuses each one."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def set(self, key: str, _: bytes) -> None:
        if len(self.keys) == ROOM:
            raise OutOfMemoryError("used memory > 'maxmemory'")
        self.keys.append(key)


@pytest.mark.parametrize(("at_most", "written"), [(1, 1), (ROOM, ROOM), (ROOM + 1, ROOM)])
def test_filling_ends_at_the_limit_or_when_a_write_is_refused(at_most: int, written: int) -> None:
    redis: Any = SmallRedis()
    assert memory.fill(redis, b"block", at_most=at_most) == written
    assert len(redis.keys) == written


def test_what_fills_redis_is_what_the_runbook_deletes() -> None:
    redis: Any = SmallRedis()
    memory.fill(redis, b"block")
    assert all(key.startswith("cache:") for key in redis.keys)
