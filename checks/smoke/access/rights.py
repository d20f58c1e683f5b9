"""The rights of an administrator, which nobody else has; and what an account may know of other people's jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checks.smoke.access.clients import made_up_address, signed_in
from checks.smoke.api import unknown_job
from checks.smoke.session import whoami
from checks.smoke.statuses import OK, done
from checks.target import target_of, to_the_letter
from drills.checks import CheckSuite, Pace, check, client, expect, said
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
NO_LIST: Final = (401, 403, 404, 405)
BLOCKED: Final = "/api/auth/ip/status"
UNBLOCK: Final = "/api/auth/ip/unblock"


@check(
    "administrator",
    suite=CheckSuite.SMOKE,
    needs=("front_url", "administrator_email"),
    expected="200 for an administrator who asks for a blocked address, and lifts its block",
    next_step="compare the backend's list of administrators with the account",
    level=3,
    incident=Quantity.AUTHENTICATION,
    after=(whoami,),
    pace=Pace.ANY,
    clauses=("RI-04",),
    writes=True,
)
def administrator(context: CheckContext) -> str:
    """Ask as an administrator for an address that nobody has."""
    with signed_in(context, target_of(context).administrator_email) as http:
        asked, lifted = _both(http, made_up_address(context))
        expect(asked, OK)
        expect(lifted, *done(context))
    return "200"


@check(
    "student is no administrator",
    suite=CheckSuite.SMOKE,
    needs=("front_url", "sign_in_email"),
    expected="403 for an account that is no administrator's",
    next_step="refuse /api/auth/ip at the gateway until the backend asks who is an administrator",
    level=1,
    incident=Quantity.AUTHENTICATION,
    after=(whoami,),
    pace=Pace.ANY,
    clauses=("RI-03",),
    writes=True,
)
def student(context: CheckContext) -> str:
    """Ask as a student for an address that nobody has, and for the end of its block."""
    with signed_in(context, target_of(context).sign_in_email) as http:
        asked, lifted = _both(http, made_up_address(context))
        expect(asked, *shut(context))
        return said(expect(lifted, *shut(context)))


@check(
    "list of jobs",
    suite=CheckSuite.SMOKE,
    needs="front_url",
    expected="no list of jobs: whoever knows the id of a job may read its result",
    next_step="refuse /api/jobs without an id at the gateway",
    level=1,
    after=(unknown_job,),
    pace=Pace.ANY,
    clauses=("RI-08",),
)
def no_list_of_jobs(context: CheckContext) -> str:
    """Ask for the jobs of everybody."""
    with client(context.target, context.target.front_url) as http:
        return said(expect(http.get("/api/jobs"), *NO_LIST))


def shut(context: CheckContext) -> tuple[int, ...]:
    """Return how a user is refused who may not; some systems do not even say that there is something."""
    return (FORBIDDEN,) if to_the_letter(context) else (FORBIDDEN, NOT_FOUND)


def _both(http: httpx.Client, address: str) -> tuple[httpx.Response, httpx.Response]:
    return http.get(BLOCKED, params={"ip": address}), http.post(UNBLOCK, json={"ip": address})
