"""The limit of requests: the last one passes, the next is refused, for one client on one route, and for a while."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from checks.smoke.access.clients import client_at, made_up_address, require_believed
from checks.smoke.limits import LIMITED, UPLOADS, WINDOW_S, began_anew, budget, headers, require_announced, upload_limit
from checks.smoke.statuses import refused
from checks.target import to_the_letter
from drills.checks import TOO_MANY, CheckFailed, CheckSuite, Pace, Skipped, check, expect
from drills.common.waiting import wait_until

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

OK: Final = 200
BAD_REQUEST: Final = 400
PER_MINUTE: Final = 100  # requests from one address to one route, by the contract
MOST: Final = 2 * PER_MINUTE  # a limit far above the contract's is not tried: that would be load
AT_ONCE: Final = 8
SLACK_S: Final = 2.0
TRIES: Final = 3
"""How often a minute may end meanwhile, or another run draw the same address."""


@check(
    "limit of requests",
    suite=CheckSuite.SMOKE,
    needs="front_url",
    expected=f"{PER_MINUTE} requests a minute, or as many as are announced, then 429; other addresses and routes pass",
    next_step="compare the backend's count of an address in Redis with its setting of the limit",
    level=2,
    after=(headers,),
    pace=Pace.ANY,
    clauses=("LI-01", "LI-02", "LI-04", "LI-05"),
)
def limit(context: CheckContext) -> str:
    """Use up the requests of one made-up address for one route, and try another address and another route."""
    require_believed(context)
    require_announced(context)
    for _ in range(TRIES):
        address = made_up_address(context)
        with client_at(context, address) as http, client_at(context, made_up_address(context)) as other:
            passed = _passed(context, http)
            refused = http.get(LIMITED)
            if passed is None or began_anew(passed, refused):
                continue
            _require_refused(refused)
            if to_the_letter(context) and http.get(f"/api/jobs/{uuid4()}").status_code == TOO_MANY:
                raise CheckFailed(f"requests to {LIMITED} are counted for other routes")
            expect(other.get(LIMITED), OK)
            return f"request {budget(passed).limit + 1} refused for {refused.headers['retry-after']} s"
    raise CheckFailed(f"{TRIES} times, an address that nobody has had sent requests before")


@check(
    "limit that ends",
    suite=CheckSuite.SLOW,
    needs="front_url",
    expected="requests to pass again as soon as Retry-After says",
    next_step="look in Redis how long the backend's count of an address is kept",
    level=3,
    after=(upload_limit,),
    pace=Pace.ANY,
    clauses=("LI-06",),
)
def ending(context: CheckContext) -> str:
    """Send forms without a file until they are too many, wait as long as is announced, and send one more."""
    require_believed(context)
    require_announced(context)
    with client_at(context, made_up_address(context)) as http:
        answer = wait_until(
            lambda: http.post("/api/upload"),
            done=lambda answer: answer.status_code == TOO_MANY,
            deadline_s=WINDOW_S,
            expected=f"an upload to be refused after {UPLOADS}",
            where=context.target.front_url,
            next_step="look at the check of the upload limit",
        )
        seconds = float(answer.headers.get("retry-after", "nan"))
        _waited(http, context, seconds)
        expect(http.post("/api/upload"), *refused(context, BAD_REQUEST))
    return f"refused for {seconds:g} s, and not longer"


def _waited(http: httpx.Client, context: CheckContext, seconds: float) -> None:
    """Return when *seconds* are over, as the front door's own answers to something else take their time."""
    began = budget(expect(http.get(LIMITED), OK))
    wait_until(
        lambda: budget(expect(http.get(LIMITED), OK)).reset,
        done=lambda left_s: left_s > began.reset + SLACK_S,
        deadline_s=seconds + SLACK_S,
        poll_s=SLACK_S,
        expected="the next minute to begin",
        where=context.target.front_url,
        next_step="compare X-RateLimit-Reset with Retry-After",
    )


def _passed(context: CheckContext, http: httpx.Client) -> httpx.Response | None:
    """Return the answer to the first of as many requests as there may be; None where the address had sent some before.

    Raises CheckFailed for another number than the contract's, or a refusal among them, and Skipped for too many.
    """
    first = expect(http.get(LIMITED), OK, TOO_MANY)
    found = budget(first)
    if found.limit != PER_MINUTE and to_the_letter(context):
        raise CheckFailed(f"a limit of {found.limit} instead of {PER_MINUTE} is announced")
    if found.limit > MOST:
        raise Skipped(f"{found.limit} requests a minute are too many to try")
    if found.remaining != found.limit - 1:
        return None
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="limit") as threads:
        answers = list(threads.map(lambda _: http.get(LIMITED), range(found.limit - 1)))
    if any(began_anew(first, answer) for answer in answers):
        return None
    for answer in answers:
        expect(answer, OK)
    return first


def _require_refused(answer: httpx.Response) -> None:
    wait = expect(answer, TOO_MANY).headers.get("retry-after", "")
    if not wait.isdecimal() or not 0 < int(wait) <= WINDOW_S or budget(answer).remaining:
        raise CheckFailed(f"429 with Retry-After {wait!r} and {budget(answer).remaining} requests left")
