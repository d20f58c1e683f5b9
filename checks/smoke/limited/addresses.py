"""The client's address, by which limits count: a client cannot choose it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from checks.smoke.access.clients import client_at, made_up_address
from checks.smoke.limits import LIMITED, began_anew, budget, headers
from checks.target import target_of
from drills.checks import CheckFailed, CheckSuite, Skipped, check, expect, on_this_machine

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

OK: Final = 200
NO_ADDRESS: Final = "no address"


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


def _asked(context: CheckContext, us: str | None) -> list[httpx.Response]:
    """Return the answers to requests that name forged addresses, and *us* behind them where the system asks a proxy."""
    named = [NO_ADDRESS, *(made_up_address(context) for _ in range(3))]
    with client_at(context, "") as http:
        chains = [", ".join(filter(None, (one, us))) for one in named]
        return [expect(http.get(LIMITED, headers={"X-Forwarded-For": chain}), OK) for chain in chains]
