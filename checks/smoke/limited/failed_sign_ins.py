"""Failed sign-ins: after so many an address is blocked, and only that address, until an administrator lifts it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from checks.smoke.access.clients import client_at, made_up_address, require_believed, signed_in
from checks.smoke.access.rights import BLOCKED as STATUS
from checks.smoke.access.rights import UNBLOCK, administrator
from checks.smoke.access.way_back import sign_in_again
from checks.smoke.sign_in import CALLBACK, forged, refusals
from checks.smoke.sign_in_client import START
from checks.smoke.statuses import done, led_away
from checks.target import target_of, to_the_letter
from drills.checks import TOO_MANY, CheckFailed, CheckSuite, Pace, body, brief, check, expect, new_tag
from drills.common.waiting import wait_until
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from drills.checks import CheckContext

OK: Final = 200
FORBIDDEN: Final = 403
MOST: Final = 5  # failed sign-ins from one address, by the contract
BLOCKED: Final = "IP_BLOCKED"
BLOCK_S: Final = 3600  # an hour, by the contract
A_WHILE_S: Final = 65.0  # of the hour that a block lasts


class Guard(NamedTuple):
    """What an administrator sees of the failures of an *address*, and does about its block."""

    admin: httpx.Client
    address: str

    def status(self) -> httpx.Response:
        """Return whether the address is blocked."""
        return expect(self.admin.get(STATUS, params={"ip": self.address}), OK)

    def lift(self) -> httpx.Response:
        """Lift the block of the address."""
        return self.admin.post(UNBLOCK, json={"ip": self.address})

    def require(self, context: CheckContext, answer: httpx.Response, failures: int) -> None:
        """Raise CheckFailed unless *answer*, by the letter, tells of so many *failures* and their block."""
        if not to_the_letter(context):
            return
        found, blocked = body(answer), failures > 0
        left_s = found.pop("secondsLeft", None)
        right_time = isinstance(left_s, int) and (0 < left_s <= BLOCK_S if blocked else left_s == 0)
        if found != {"ip": self.address, "blocked": blocked, "failures": failures} or not right_time:
            raise CheckFailed(f"after {failures} failures, an administrator is told {brief(answer)}")


@check(
    "block after failed sign-ins",
    suite=CheckSuite.SMOKE,
    needs=("front_url", "administrator_email"),
    expected=f"403 {BLOCKED} after {MOST} failed sign-ins from an address, not before, until an administrator lifts it",
    next_step="read the backend's log for authentication errors, and its counts in Redis",
    level=2,
    incident=Quantity.AUTHENTICATION,
    after=(administrator, forged),
    pace=Pace.ANY,
    clauses=("SI-10", "RI-04", "RI-09"),
    writes=True,
)
def block(context: CheckContext) -> str:
    """Fail to sign in from a made-up address until it is blocked, and lift the block again."""
    with _failing(context) as (http, guard), client_at(context, made_up_address(context)) as other:
        for number in range(1, MOST + 1):
            expect(http.get(START), *led_away(context))
            _fail(context, http, number)
        _require_blocked(context, http)
        expect(other.get(START), *led_away(context))
        guard.require(context, guard.status(), MOST)
        guard.require(context, expect(guard.lift(), *done(context)), 0)
        expect(http.get(START), *led_away(context))
    return f"blocked after {MOST} failures, and lifted"


@check(
    "forgotten failures",
    suite=CheckSuite.SMOKE,
    needs=("front_url", "administrator_email"),
    expected=f"no block for {MOST} failed sign-ins with a good one among them",
    next_step="have the backend forget the failures of an address that signs in: students mistype",
    level=3,
    incident=Quantity.AUTHENTICATION,
    after=(administrator, forged),
    pace=Pace.ANY,
    clauses=("SI-11",),
    writes=True,
)
def forgotten(context: CheckContext) -> str:
    """Fail as often as an address may, sign in, and fail once more."""
    with _failing(context) as (http, _):
        for number in range(1, MOST):
            _fail(context, http, number)
        sign_in_again(context, http, str(target_of(context).administrator_email))
        _fail(context, http, MOST)
        expect(http.get(START), *led_away(context))
    return f"{MOST - 1} failures forgotten"


@check(
    "block that lasts",
    suite=CheckSuite.SLOW,
    needs=("front_url", "administrator_email"),
    expected=f"403 {BLOCKED} for longer than {A_WHILE_S:g} s",
    next_step="look in Redis how long the block of an address is kept",
    level=3,
    incident=Quantity.AUTHENTICATION,
    after=(block,),
    pace=Pace.ANY,
    clauses=("SI-10",),
    writes=True,
)
def lasting(context: CheckContext) -> str:
    """Have a made-up address blocked, and look for a while whether it stays so."""
    with _failing(context) as (http, _):
        for number in range(1, MOST + 1):
            _fail(context, http, number)
        began = time.monotonic()
        wait_until(
            lambda: http.get(START).status_code,
            done=lambda status: status != FORBIDDEN or time.monotonic() - began > A_WHILE_S,
            deadline_s=2 * A_WHILE_S,
            poll_s=A_WHILE_S / 8,
            expected="the address to stay blocked",
            where=context.target.front_url,
            next_step="look in Redis how long the block is kept",
        )
        _require_blocked(context, http)
    return f"still blocked after {time.monotonic() - began:.0f} s"


@contextmanager
def _failing(context: CheckContext) -> Iterator[tuple[httpx.Client, Guard]]:
    """Yield a client at an address of its own, and what guards it; a block is lifted at the end in any case."""
    require_believed(context)
    address = made_up_address(context)
    with signed_in(context, target_of(context).administrator_email) as admin, client_at(context, address) as http:
        guard = Guard(admin, address)
        try:
            yield http, guard
        finally:
            guard.lift()


def _fail(context: CheckContext, http: httpx.Client, number: int) -> None:
    answer = expect(http.get(CALLBACK, params={"code": new_tag(), "state": new_tag()}), *refusals(context))
    if BLOCKED in answer.text:
        raise CheckFailed(f"failed sign-in {number} of {MOST} met a block: {brief(answer)}")


def _require_blocked(context: CheckContext, http: httpx.Client) -> None:
    """Raise CheckFailed unless both ends of a sign-in are shut."""
    for answer in (http.get(START), http.get(CALLBACK, params={"code": new_tag(), "state": new_tag()})):
        if not to_the_letter(context):
            expect(answer, FORBIDDEN, TOO_MANY)
        elif BLOCKED not in expect(answer, FORBIDDEN).text:
            raise CheckFailed(f"403 without {BLOCKED}: {brief(answer)}")
