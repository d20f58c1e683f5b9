"""Sessions: ended by signing out, only as good as their signature, new at each sign-in, and as long as announced."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from checks.smoke.access.clients import session_in, signed_in, user_of
from checks.smoke.access.way_back import sign_in_again
from checks.smoke.session import cookie_in, session_id_in, whoami
from checks.smoke.sign_in_client import STATUS, authenticated
from checks.smoke.statuses import done
from checks.target import target_of, to_the_letter
from drills.checks import CheckFailed, CheckSuite, Pace, Skipped, body, check, connect_redis, expect
from drills.common.waiting import wait_until
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

OK: Final = 200
NEEDS: Final = ("front_url", "sign_in_email")
ABOUT: Final = {"email", "firstName", "lastName", "picture"}
AT_LEAST_S: Final = 3600.0  # nobody should have to sign in twice in an hour's work
CLOCKS_S: Final = 60.0  # the clocks of this machine and of the system may differ by as much
A_WHILE_S: Final = 65.0  # more than the minute in which counters and short-lived keys end


@check(
    "session after signing out",
    suite=CheckSuite.SMOKE,
    needs=NEEDS,
    expected="no session for a cookie of a user who has signed out",
    next_step="have the backend delete the session in Redis, and not the cookie alone",
    level=1,
    incident=Quantity.AUTHENTICATION,
    after=(whoami,),
    pace=Pace.ANY,
    clauses=("SE-03", "EN-02"),
    writes=True,
)
def after_signing_out(context: CheckContext) -> str:
    """Use a copy of the cookie after its owner has signed out."""
    with signed_in(context, target_of(context).sign_in_email) as http:
        session = session_in(http)
        expect(http.post("/api/auth/logout"), *done(context))
    user = user_of(context, session)
    if user is not None:
        raise CheckFailed(f"the cookie still stands for {user}")
    return "the cookie stands for no user"


@check(
    "forged session",
    suite=CheckSuite.SMOKE,
    needs=NEEDS,
    expected="no session for a cookie with another signature",
    next_step="have the backend compare the cookie's signature",
    level=1,
    incident=Quantity.AUTHENTICATION,
    after=(whoami,),
    pace=Pace.ANY,
    clauses=("SE-05",),
    writes=True,
)
def forged_session(context: CheckContext) -> str:
    """Use a cookie whose signature has other letters."""
    with signed_in(context, target_of(context).sign_in_email) as http:
        value, dot, signature = session_in(http).rpartition(".")
        user = user_of(context, f"{value}{dot}{signature.swapcase()}")
    if user is not None:
        raise CheckFailed(f"a forged cookie stands for {user}")
    return "the forged cookie stands for no user"


@check(
    "session of its own",
    suite=CheckSuite.SMOKE,
    needs=NEEDS,
    expected="another session after each sign-in, whatever cookie the browser brought",
    next_step="have the backend make a new session at each sign-in",
    level=1,
    incident=Quantity.AUTHENTICATION,
    after=(whoami,),
    pace=Pace.ANY,
    clauses=("SE-04",),
    writes=True,
)
def own_session(context: CheckContext) -> str:
    """Sign in with a browser that already has a session: an attacker may have put it there."""
    email = str(target_of(context).sign_in_email)
    with signed_in(context, email) as http:
        planted = session_in(http)
        sign_in_again(context, http, email)
        if session_in(http) == planted:
            raise CheckFailed("the session that the browser brought became that of the user who signed in")
    return "a new session"


@check(
    "length of a session",
    suite=CheckSuite.SMOKE,
    needs=(*NEEDS, "redis_url", "session_prefix"),
    expected=f"a session of at least {AT_LEAST_S:g} s, as long in Redis as its cookie announces",
    next_step="compare the time to live in Redis with the cookie's Max-Age",
    level=2,
    incident=Quantity.AUTHENTICATION,
    after=(whoami,),
    pace=Pace.ANY,
    clauses=("SE-02",),
    writes=True,
)
def length(context: CheckContext) -> str:
    """Compare how long Redis keeps a session with what its cookie says; one without an age ends with its browser."""
    with signed_in(context, target_of(context).sign_in_email) as http:
        session, announced_s = session_in(http), _announced_s(http)
        with connect_redis(context.target) as store:
            kept_s = float(store.ttl(_key_of(context, session)))
    if min(kept_s, announced_s or kept_s) < AT_LEAST_S - CLOCKS_S:
        raise CheckFailed(f"kept for {kept_s:g} s in Redis, and for {announced_s} s by the browser")
    if announced_s is not None and abs(kept_s - announced_s) > CLOCKS_S:
        raise CheckFailed(f"kept for {kept_s:g} s in Redis, announced for {announced_s:.0f} s")
    return f"kept for {kept_s:g} s"


@check(
    "session in Redis",
    suite=CheckSuite.SMOKE,
    needs=(*NEEDS, "redis_url", "session_prefix"),
    expected="a session that is gone for every backend once its key in Redis is",
    next_step="look what the backend keeps of a session beside Redis: other backends do not know it",
    level=3,
    incident=Quantity.AUTHENTICATION,
    after=(whoami,),
    pace=Pace.ANY,
    clauses=("SE-06",),
    writes=True,
)
def kept_in_redis(context: CheckContext) -> str:
    """Sign in, delete the session's key, and ask for the user."""
    with signed_in(context, target_of(context).sign_in_email) as http:
        name = _key_of(context, session_in(http))
        with connect_redis(context.target) as store:
            if not store.delete(name):
                raise CheckFailed(f"no key {context.target.session_prefix}… for the session's cookie")
        user = authenticated(http)
    if user is not None:
        raise CheckFailed(f"still signed in as {user} without the session's key")
    return "its key is the session"


@check(
    "user with a session",
    suite=CheckSuite.SMOKE,
    needs=NEEDS,
    expected=f"the user who signed in, with {', '.join(sorted(ABOUT))}",
    next_step="read the backend's log for authentication errors",
    level=3,
    incident=Quantity.AUTHENTICATION,
    after=(whoami,),
    pace=Pace.ANY,
    clauses=("SI-03", "SI-09"),
    writes=True,
)
def user(context: CheckContext) -> str:
    """Ask for the user of a session."""
    email = target_of(context).sign_in_email
    with signed_in(context, email) as http:
        found = body(expect(http.get(STATUS), OK)).get("user")
    if not isinstance(found, dict) or found.get("email") != email:
        raise CheckFailed(f"another user than {email}: {found}")
    odd = sorted(ABOUT - {name for name, value in found.items() if isinstance(value, str)})
    if odd or not found["firstName"]:
        raise CheckFailed(f"a user without {', '.join(odd) or 'a first name'}: {found}")
    return str(email)


@check(
    "session that lasts",
    suite=CheckSuite.SLOW,
    needs=NEEDS,
    expected=f"the same user after {A_WHILE_S:g} s",
    next_step="look for the session's key in Redis, and for what deletes it",
    level=2,
    incident=Quantity.AUTHENTICATION,
    after=(whoami,),
    pace=Pace.ANY,
    clauses=("SE-02",),
    writes=True,
)
def lasting(context: CheckContext) -> str:
    """Sign in, do nothing for a while, and ask for the user."""
    with signed_in(context, target_of(context).sign_in_email) as http:
        began = time.monotonic()
        wait_until(
            lambda: authenticated(http),
            done=lambda user: user is None or time.monotonic() - began > A_WHILE_S,
            deadline_s=2 * A_WHILE_S,
            poll_s=A_WHILE_S / 4,
            expected="the user to stay signed in",
            where=context.target.front_url,
            next_step="look for the session's key in Redis",
        )
        if authenticated(http) is None:
            raise CheckFailed(f"signed out by itself after at most {time.monotonic() - began:.0f} s")
    return f"still signed in after {time.monotonic() - began:.0f} s"


def _key_of(context: CheckContext, session: str) -> str:
    """Return the session's key in Redis; raises Skipped for a cookie that does not name it."""
    name = session_id_in(session)
    if name is None and to_the_letter(context):
        raise CheckFailed("a cookie that names no session")
    if name is None:
        raise Skipped("the cookie does not say by which key its session is kept")
    return f"{context.target.session_prefix}{name}"


def _announced_s(http: httpx.Client) -> float | None:
    cookie = cookie_in(http)
    return None if cookie is None or cookie.expires is None else cookie.expires - time.time()
