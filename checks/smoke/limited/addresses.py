"""The client's address, by which limits count: a client cannot choose it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from checks.smoke.access.clients import client_at, made_up_address, require_believed
from checks.smoke.limits import LIMITED, began_anew, budget, headers, require_announced
from checks.target import target_of
from drills.checks import CheckFailed, CheckSuite, Skipped, check, expect, on_this_machine

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

OK: Final = 200
NO_ADDRESS: Final = "no address"
TRIES: Final = 2


@check(
    "forged client address",
    suite=CheckSuite.SMOKE,
    needs="front_url",
    expected="one count for one client, whatever else its X-Forwarded-For names",
    next_step="correct the proxies whose X-Forwarded-For the backend believes",
    level=2,
    after=(headers,),
    clauses=("LI-08",),
)
def forged(context: CheckContext) -> str:
    """Ask four times with a different forged address each time, and look whether that is one client's count.

    Behind a proxy that the system trusts, we are what that proxy would name last; what stands before it is forged.
    """
    require_announced(context)
    us = made_up_address(context) if target_of(context).forwarded_for_believed else None
    answers = _asked(context, us)
    if began_anew(answers[0], answers[-1]):
        answers = _asked(context, us)
    left = [budget(answer).remaining for answer in answers]
    if all(later < earlier for earlier, later in pairwise(left)):
        return f"counted as one client: {', '.join(map(str, left))} left"
    if us is None and on_this_machine(context.target.front_url):
        raise Skipped("the system believes this machine, as it would a proxy: say so by forwarded_for_believed")
    raise CheckFailed(f"a forged address is believed: {', '.join(map(str, left))} left")


@check(
    "unreadable client address",
    suite=CheckSuite.SMOKE,
    needs="front_url",
    expected="200 for a request whose X-Forwarded-For cannot be read, which counts for no address in it",
    next_step="have the backend stop at the first part of X-Forwarded-For that is no address",
    level=3,
    after=(headers,),
    clauses=("LI-09",),
)
def unreadable(context: CheckContext) -> str:
    """Ask as an address before and after a request that names it in front of what is no address."""
    require_believed(context)
    address = made_up_address(context)
    with client_at(context, address) as http:
        for _ in range(TRIES):  # a minute may end meanwhile
            before = budget(expect(http.get(LIMITED), OK))
            expect(http.get(LIMITED, headers={"X-Forwarded-For": f"{address}, {NO_ADDRESS}"}), OK)
            after = budget(expect(http.get(LIMITED), OK))
            if before.remaining - after.remaining == 1:
                return f"200, and {after.remaining} left for the address in front"
    raise CheckFailed(f"{before.remaining} left, and {after.remaining} after one request and one that is unreadable")


def _asked(context: CheckContext, us: str | None) -> list[httpx.Response]:
    """Return the answers to requests that name forged addresses, and *us* behind them where the system asks a proxy."""
    named = [NO_ADDRESS, *(made_up_address(context) for _ in range(3))]
    with client_at(context, "") as http:
        chains = [", ".join(filter(None, (one, us))) for one in named]
        return [expect(http.get(LIMITED, headers={"X-Forwarded-For": chain}), OK) for chain in chains]
