"""Sign-in by way of the backend's own address, past the front door."""

from __future__ import annotations

from typing import Final

from checks.smoke.access.way_back import sign_in_again
from checks.smoke.session import whoami
from checks.smoke.sign_in_client import authenticated
from checks.smoke.statuses import done
from checks.target import target_of
from drills.checks import CheckContext, CheckFailed, CheckSuite, Pace, check, client, expect
from drills.runbook.model import Quantity

OK: Final = 200


@check(
    "sign-in at the backend",
    suite=CheckSuite.SMOKE,
    needs=("backend_url", "sign_in_email"),
    expected="a session for the account at the backend's own address",
    next_step="compare the way back that the backend gives the provider with the address that was asked for",
    level=3,
    incident=Quantity.AUTHENTICATION,
    after=(whoami,),
    pace=Pace.ANY,
    writes=True,
    clauses=("SI-12",),
)
def at_the_backend(context: CheckContext) -> str:
    """Sign in where operators look past the gateway, ask for the user, and sign out again."""
    email = str(target_of(context).sign_in_email)
    with client(context.target, target_of(context).backend_url) as http:
        sign_in_again(context, http, email)
        user = authenticated(http)
        expect(http.post("/api/auth/logout"), *done(context))
    if user != email:
        raise CheckFailed(f"signed in as {user!r} instead of {email!r}")
    return f"signed in as {email}, and out"
