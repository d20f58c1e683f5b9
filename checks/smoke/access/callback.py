"""The way back from the identity provider: good once, for the browser that began it, for what it asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checks.smoke.access.clients import unshared
from checks.smoke.access.way_back import way_back
from checks.smoke.session import note_session, whoami
from checks.smoke.sign_in import forged, refusals, way_out
from checks.smoke.sign_in_client import START, authenticated, named
from checks.smoke.statuses import led_away
from checks.target import target_of
from drills.checks import CheckFailed, CheckSuite, Pace, Skipped, check, client, expect, new_tag, said
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

NEEDS: Final = ("front_url", "sign_in_email")
SHUT: Final = "take the sign-in out of service until the callback compares"
SECRETS: Final = ("state", "nonce", "code_challenge")
"""What ties the way back to the browser that went; a provider may do without the last two."""


@check(
    "new state each time",
    suite=CheckSuite.SMOKE,
    needs="front_url",
    expected="another state, nonce and challenge for each sign-in",
    next_step="have the backend draw them anew for each sign-in",
    level=2,
    incident=Quantity.AUTHENTICATION,
    after=(way_out,),
    pace=Pace.ANY,
    clauses=("SI-01", "SI-07"),
)
def new_each_time(context: CheckContext) -> str:
    """Begin two sign-ins, and compare what is sent to the provider."""
    with client(context.target, context.target.front_url) as http:
        first, second = (named(expect(http.get(START), *led_away(context)), "").params for _ in range(2))
    same = [name for name in SECRETS if first.get(name) and first.get(name) == second.get(name)]
    if same:
        raise CheckFailed(f"the same {' and '.join(same)} twice")
    return f"new: {', '.join(name for name in SECRETS if first.get(name))}"


@check(
    "forged state",
    suite=CheckSuite.SMOKE,
    needs=NEEDS,
    expected="400, 401 or 403 for a code of the provider's with another state",
    next_step=f"{SHUT} the state it gave out",
    level=1,
    incident=Quantity.AUTHENTICATION,
    after=(whoami, forged),
    pace=Pace.ANY,
    clauses=("SI-04",),
    writes=True,
)
def forged_state(context: CheckContext) -> str:
    """Come back with a code that is good, and a state that was never given out."""
    with unshared(context) as http:
        back = way_back(context, http, target_of(context).sign_in_email)
        return _refused(context, http, back.copy_set_param("state", new_tag()))


@check(
    "way back of another browser",
    suite=CheckSuite.SMOKE,
    needs=NEEDS,
    expected="400, 401 or 403 for a browser that has not begun this sign-in",
    next_step=f"{SHUT} the state with the browser's own",
    level=1,
    incident=Quantity.AUTHENTICATION,
    after=(whoami, forged),
    pace=Pace.ANY,
    clauses=("SI-04",),
    writes=True,
)
def another_browser(context: CheckContext) -> str:
    """Open an attacker's way back in a browser that has begun a sign-in of its own: it would become the attacker."""
    with unshared(context) as attacker, unshared(context) as victim:
        expect(victim.get(START), *led_away(context))
        return _refused(context, victim, way_back(context, attacker, target_of(context).sign_in_email))


@check(
    "forged nonce",
    suite=CheckSuite.SMOKE,
    needs=NEEDS,
    expected="400, 401 or 403 for an identity with another nonce",
    next_step=f"{SHUT} the nonce in the identity with the one it asked for",
    level=1,
    incident=Quantity.AUTHENTICATION,
    after=(whoami, forged),
    pace=Pace.ANY,
    clauses=("SI-07",),
    writes=True,
)
def forged_nonce(context: CheckContext) -> str:
    """Have the provider vouch for the account to another request, and come back with that."""

    def with_another(url: httpx.URL) -> httpx.URL:
        if not url.params.get("nonce"):
            raise Skipped("this sign-in sends no nonce, its state alone ties it to the browser")
        return url.copy_set_param("nonce", new_tag())

    with unshared(context) as http:
        return _refused(context, http, way_back(context, http, target_of(context).sign_in_email, with_another))


@check(
    "way back taken twice",
    suite=CheckSuite.SMOKE,
    needs=NEEDS,
    expected="400, 401 or 403 for a way back that was taken before",
    next_step="have the callback end what it was begun with, and read the provider's log: a code is good once",
    level=1,
    incident=Quantity.AUTHENTICATION,
    after=(whoami, forged),
    pace=Pace.ANY,
    clauses=("SI-06",),
    writes=True,
)
def replayed(context: CheckContext) -> str:
    """Sign in and out, and then open the same way back again, with the cookies that it was opened with."""
    with unshared(context) as http, unshared(context) as thief:
        back = way_back(context, http, target_of(context).sign_in_email)
        thief.cookies.update(http.cookies)
        expect(http.get(back), *led_away(context))
        note_session(context, http)
        http.post("/api/auth/logout")
        return _refused(context, thief, back)


def _refused(context: CheckContext, http: httpx.Client, back: httpx.URL) -> str:
    """Open *back*, which has to be refused; say how it was."""
    answer = http.get(back)
    note_session(context, http)
    expect(answer, *refusals(context))
    user = authenticated(http)
    if user is not None:
        raise CheckFailed(f"{answer.status_code}, and signed in as {user} all the same")
    return said(answer)
