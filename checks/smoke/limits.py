"""Rate limits: announced, and kept."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from checks.smoke.statuses import refused
from checks.target import target_of, to_the_letter
from drills.checks import TOO_MANY, CheckFailed, CheckSuite, Skipped, check, client, expect, on_this_machine
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

OK: Final = 200
BAD_REQUEST: Final = 400
UNHEALTHY: Final = 503
LIMITED: Final = "/api/auth/status"
WINDOW_S: Final = 60  # the contract counts by the minute
CLOCKS_S: Final = 2  # seconds by which two clocks may differ, rounding included
UPLOADS: Final = 5  # a minute and address, by the contract
MOST_UPLOADS: Final = 20  # more than that is not tried: that would be load
OTHERS: Final = "failed sign-ins and used-up limits would hit other clients at our address"


class Budget(NamedTuple):
    """What an answer says of its limit: requests in all, those left, and seconds until they are all there again."""

    limit: int
    remaining: int
    reset: int


@check(
    "rate limit headers",
    suite=CheckSuite.SMOKE,
    clauses=("LI-01",),
    needs="front_url",
    expected="X-RateLimit-Limit, -Remaining that falls, and -Reset within a minute",
    next_step="compare the backend's count of this address in Redis with its setting of the limit",
    level=3,
)
def headers(context: CheckContext) -> str:
    """Ask a limited endpoint twice."""
    require_announced(context)
    with client(context.target, context.target.front_url) as http:
        first, second = _twice(http)
    if not 0 <= second.remaining < first.limit == second.limit:
        raise CheckFailed(f"{second.remaining} of {second.limit} left")
    if second.remaining >= first.remaining:
        raise CheckFailed(f"{first.remaining} left, and {second.remaining} after one more request")
    return f"{second.remaining} of {second.limit} left"


@check(
    "health is not limited",
    suite=CheckSuite.SMOKE,
    clauses=("LI-07",),
    needs="front_url",
    expected="no count of requests to /health",
    next_step="take /health out of the backend's limits, or its monitors will report it down",
    level=2,
    incident=Quantity.HEALTH,
)
def health_is_free(context: CheckContext) -> str:
    """Ask for the health twice, and look whether that is counted."""
    with client(context.target, context.target.front_url) as http:
        answers = [http.get("/health") for _ in range(2)]
    for answer in answers:
        expect(answer, OK, UNHEALTHY)  # another check looks at the status
    counts = [answer.headers.get("x-ratelimit-remaining") for answer in answers]
    if counts[0] is not None and counts[0] != counts[1]:
        raise CheckFailed(f"{counts[0]} requests left, and {counts[1]} after one more")
    return f"{answers[-1].status_code} without a count"


@check(
    "upload limit",
    suite=CheckSuite.SMOKE,
    clauses=("LI-03",),
    needs="front_url",
    expected=f"{UPLOADS} uploads a minute, or as many as are announced, then 429 with Retry-After",
    next_step="compare the backend's count of this address in Redis with its setting of the limit",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
)
def upload_limit(context: CheckContext) -> str:
    """Send forms without a file until they are too many. Elsewhere that would use up other people's uploads."""
    if not on_this_machine(context.target.front_url):
        raise Skipped("it would use up the uploads of all clients that share our address")
    require_announced(context)
    require_apart(context)
    answers = _one_too_many(context)
    if began_anew(answers[0], answers[-1]):  # a minute has ended meanwhile, and the next is long enough
        answers = _one_too_many(context)
    for answer in answers[:-1]:
        expect(answer, *refused(context, BAD_REQUEST))
    wait = expect(answers[-1], TOO_MANY).headers.get("retry-after", "")
    if not wait.isdecimal() or not 0 < int(wait) <= WINDOW_S:
        raise CheckFailed(f"429 with Retry-After {wait!r}")
    return f"upload {len(answers)} refused for {wait} s"


def _one_too_many(context: CheckContext) -> list[httpx.Response]:
    """Return the answers to as many uploads as there may be, and to one more, from a fresh address."""
    with client(context.target, context.target.front_url) as http:
        first = expect(http.post("/api/upload"), *refused(context, BAD_REQUEST))
        if budget(first).remaining != budget(first).limit - 1:
            raise Skipped("the system does not believe our X-Forwarded-For, so other clients' uploads count with ours")
        return [first, *(http.post("/api/upload") for _ in range(_uploads(context, first)))]


def _uploads(context: CheckContext, first: httpx.Response) -> int:
    """Return how many uploads may be sent in a minute: by the letter as the contract says, else as is announced."""
    announced = budget(first).limit
    if to_the_letter(context):
        return UPLOADS
    if announced > MOST_UPLOADS:
        raise Skipped(f"{announced} uploads a minute are too many to try")
    return announced


def require_announced(context: CheckContext) -> None:
    """Return where limits are announced; raises Skipped for a system that announces none, which the letter forbids."""
    if to_the_letter(context):
        return
    with client(context.target, context.target.front_url) as http:
        if "x-ratelimit-limit" not in http.get(LIMITED).headers:
            raise Skipped("this system announces no limit in X-RateLimit-Limit")


def require_apart(context: CheckContext) -> None:
    """Return where each of our clients has an address of its own for the system; raises Skipped otherwise.

    The target says so, or it is on this machine, where each client names an address of its own, and counts them apart.
    A system behind a tunnel or a proxy looks as if it was on this machine, and has one address for everybody.
    """
    if target_of(context).forwarded_for_believed:
        return
    if not on_this_machine(context.target.front_url):
        raise Skipped(f"{OTHERS}, and the target does not say forwarded_for_believed")
    if not _counted_apart(context):
        raise Skipped(f"{OTHERS}: it has not been seen that the system counts the addresses that we name apart")


def _counted_apart(context: CheckContext) -> bool:
    """Whether the first requests of two addresses are each the first."""
    answers = [_first(context), _first(context)]
    try:
        if began_anew(*answers):
            answers = [answers[1], _first(context)]
        return all(found.remaining == found.limit - 1 for found in map(budget, answers))
    except CheckFailed:  # no count is announced
        return False


def _first(context: CheckContext) -> httpx.Response:
    with client(context.target, context.target.front_url) as http:
        return http.get(LIMITED)


def _twice(http: httpx.Client) -> tuple[Budget, Budget]:
    """Return what two answers of the same minute say; the third is of the minute of the second."""
    answers = [expect(http.get(LIMITED), OK) for _ in range(2)]
    if began_anew(*answers):
        answers = [answers[1], expect(http.get(LIMITED), OK)]
    return budget(answers[0]), budget(answers[1])


def began_anew(first: httpx.Response, second: httpx.Response) -> bool:
    """Whether the count of requests began anew between two answers."""
    return abs(_ends_at(second) - _ends_at(first)) > CLOCKS_S


def _ends_at(answer: httpx.Response) -> float:
    return _now_s(answer) + budget(answer).reset


def budget(answer: httpx.Response) -> Budget:
    """Return what the headers of *answer* announce; raises CheckFailed for anything that is no count."""
    found = [answer.headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining", "reset")]
    if not all(text.isdecimal() for text in found):
        raise CheckFailed(f"X-RateLimit-Limit, -Remaining and -Reset are {', '.join(map(repr, found))}")
    limit, remaining, reset = map(int, found)
    # Some count the seconds from now, some from 1970.
    left_s = reset if reset <= WINDOW_S else round(reset - _now_s(answer))
    if not -CLOCKS_S <= left_s <= WINDOW_S + CLOCKS_S:
        raise CheckFailed(f"X-RateLimit-Reset {reset}, which is {left_s} s from now")
    return Budget(limit, remaining, left_s)


def _now_s(answer: httpx.Response) -> float:
    """Return the time by the system's own clock where it says it."""
    try:
        return parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return time.time()
