import pytest
from redis.exceptions import OutOfMemoryError

from drills.faults.redis.writes import fill
from scenarios.faults.redis_out_of_memory import CACHE

CAPACITY = 3


class SmallRedis:
    """Accepts as many writes as it has memory for, then refuses each one."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def set(self, name: str, value: bytes, /) -> None:
        del value
        if len(self.keys) == CAPACITY:
            raise OutOfMemoryError("used memory > 'maxmemory'")
        self.keys.append(name)


@pytest.mark.parametrize(("at_most", "written"), [(1, 1), (CAPACITY, CAPACITY), (CAPACITY + 1, CAPACITY)])
def test_filling_ends_at_the_limit_or_when_a_write_is_refused(at_most: int, written: int) -> None:
    redis = SmallRedis()
    assert fill(redis, CACHE, b"block", at_most=at_most) == written
    assert len(redis.keys) == written


def test_what_fills_redis_is_what_the_runbook_deletes() -> None:
    redis = SmallRedis()
    fill(redis, CACHE, b"block")
    assert all(key.startswith("cache:") for key in redis.keys)
