import itertools
import time
from typing import Any

import pytest

from checks.smoke import limits
from drills.checks.result import CheckResult, Outcome
from tests.helpers.checking import context, look, require, target_at
from tests.helpers.fake_system import Answer, Asked


class Limit:
    """A rate limit that counts requests as the contract says; tests spoil one part of it."""

    def __init__(self, allowed: int = 100, status: int = 200) -> None:
        self.allowed = allowed
        self.status = status
        self.used = itertools.count(1)
        self.reset = int(time.time()) + 30
        self.retry_after: str | None = "30"
        self.spoil: dict[str, str] = {}

    def answer(self, _: Asked) -> tuple[int, Any]:
        used = next(self.used)
        headers = {"Limit": self.allowed, "Remaining": max(0, self.allowed - used), "Reset": self.reset} | self.spoil
        sent = [(f"X-RateLimit-{name}", str(value)) for name, value in headers.items()]
        if used <= self.allowed:
            return self.status, {"headers": sent}
        return 429, {"headers": [*sent, *([("Retry-After", self.retry_after)] if self.retry_after else [])]}


def asked_twice(limit: Limit) -> CheckResult:
    return look(limits.headers, {"GET /api/auth/status": limit.answer})


def test_limit_that_is_announced() -> None:
    require(asked_twice(Limit()), "")
    limit = Limit()
    limit.reset = 30  # seconds from now
    require(asked_twice(limit), "")


@pytest.mark.parametrize(
    ("spoil", "seen"),
    [
        ({"Remaining": "99"}, "99 left, and 99 after one more request"),
        ({"Limit": "many"}, "are 'many'"),
        ({"Reset": "-5"}, "'-5'"),
        ({"Reset": "100"}, "from now"),
        ({"Limit": "10"}, "of 10 left"),
    ],
)
def test_limit_that_is_announced_wrongly_is_seen(spoil: dict[str, str], seen: str) -> None:
    limit = Limit()
    limit.spoil = spoil
    require(asked_twice(limit), seen)


def test_limit_that_is_not_announced_is_seen() -> None:
    require(look(limits.headers, {"GET /api/auth/status": (200, {})}), "are '', '', ''")


def test_new_minute_between_two_requests_is_waited_out() -> None:
    first, second = Limit(), Limit()
    first.used, first.reset = itertools.count(40), int(time.time())
    second.reset = first.reset + 60
    turns = iter([first, second, second])
    require(look(limits.headers, {"GET /api/auth/status": lambda asked: next(turns).answer(asked)}), "")


def test_health_is_not_limited() -> None:
    for status in (200, 503):
        require(look(limits.health_is_free, {"GET /health": (status, {})}), "")
    require(look(limits.health_is_free, {"GET /health": Limit().answer}), "99 requests left, and 98")
    require(look(limits.health_is_free, {"GET /health": Limit(allowed=0).answer}), "-> 429")
    require(look(limits.health_is_free, {"GET /health": (502, {})}), "-> 502")


def apart(_: Asked) -> tuple[int, Any]:
    """Answer the first request of an address, each time."""
    return Limit().answer(_)


def uploading(limit: Limit) -> CheckResult:
    return look(limits.upload_limit, {"POST /api/upload": limit.answer, "GET /api/auth/status": apart})


def test_upload_limit() -> None:
    require(uploading(Limit(5, 400)), "")


def test_minute_that_ends_meanwhile_is_followed_by_another() -> None:
    ending, next_one = Limit(5, 400), Limit(5, 400)
    next_one.reset += 20
    turns = itertools.chain([ending] * 3, [next_one] * 3, itertools.repeat(fresh := Limit(5, 400)))
    fresh.reset = next_one.reset
    upload: Answer = lambda asked: next(turns).answer(asked)  # noqa: E731  (a turn of a system)
    require(look(limits.upload_limit, {"POST /api/upload": upload, "GET /api/auth/status": apart}), "")


def test_upload_limit_that_is_another_is_seen() -> None:
    require(uploading(Limit(6, 400)), "POST /api/upload -> 400")
    require(uploading(Limit(4, 400)), "POST /api/upload -> 429")


@pytest.mark.parametrize("text", [None, "soon", "0", "61"])
def test_refusal_that_does_not_say_until_when_is_seen(text: str | None) -> None:
    limit = Limit(5, 400)
    limit.retry_after = text
    require(uploading(limit), "429 with Retry-After")


def test_limit_that_counts_others_too_is_left_alone() -> None:
    limit = Limit(5, 400)
    next(limit.used)
    assert uploading(limit).outcome is Outcome.SKIPPED
    shared: dict[str, Answer] = {"POST /api/upload": Limit(5, 400).answer, "GET /api/auth/status": Limit().answer}
    assert look(limits.upload_limit, shared).outcome is Outcome.SKIPPED
    elsewhere = limits.upload_limit(context(target_at("http://schedgen.example")))
    assert elsewhere.outcome is Outcome.SKIPPED
