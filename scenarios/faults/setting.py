"""Settings that somebody changed in the way in which settings are changed, for the worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from checks.sign_in_client import STATUS, authenticated, sign_in
from drills.checks.result import CheckFailed
from drills.drill.scenario import Confirmation, Fault
from drills.sandbox.errors import SandboxError
from scenarios.faults import settings, uploads

if TYPE_CHECKING:
    from drills.drill.system import System

CHANGE = "./scripts/change-setting.sh %s %s"
FORGET = "rm -f .env.previous"
WITNESS = "witness@example.org"
LIMIT = "X-RateLimit-Limit"
UPLOADS_LIMIT = "RATE_LIMIT_UPLOADS_PER_MINUTE"
TIMEOUT_S = 5.0


class ChangedSessionSecret(Fault):
    """Give the backend a new secret to sign sessions with: the cookies of all who are signed in become worthless."""

    name = "changed session secret"
    undo = (FORGET,)

    def __init__(self) -> None:
        self._witness: httpx.Client | None = None

    def inject(self, system: System) -> None:
        """Sign a student in, then change the secret."""
        try:
            self._witness = sign_in(system.target, WITNESS)
        except (httpx.HTTPError, CheckFailed) as error:
            raise SandboxError(f"expected a sign-in to succeed before the fault, saw: {error}") from None
        system.stack.sandbox.check_output(CHANGE % ("SESSION_SECRET", "$(cat /proc/sys/kernel/random/uuid)"))

    def confirm(self, system: System) -> Confirmation:
        """Ask the system who a student is who signed in before, and look whether the session is still kept."""
        with system.redis() as redis:
            kept = len(list(redis.scan_iter("sess:*")))
        try:
            known = self._witness and authenticated(self._witness)
        except (httpx.HTTPError, CheckFailed) as error:
            known = f"no answer ({error})"
        return Confirmation(
            ok=known is None and kept > 0,
            channel=f"GET {STATUS} with a cookie from before, and Redis",
            expected="nobody, while the sessions are kept",
            seen=f"{known or 'nobody'}, {kept} sessions",
        )

    def stop(self) -> None:
        """Close the student's connection."""
        if self._witness:
            self._witness.close()


class TightRateLimit(Fault):
    """Write the limit for uploads into the line for all routes: too little for students who share an address."""

    name = "tight rate limit"
    undo = (FORGET,)

    def inject(self, system: System) -> None:
        """Change the limit."""
        system.stack.sandbox.check_output(CHANGE % ("RATE_LIMIT_PER_MINUTE", settings.value(system, UPLOADS_LIMIT)))

    def confirm(self, system: System) -> Confirmation:
        """Read the limits that the backend tells an address of its own."""
        try:
            answer = httpx.get(f"{system.target.front_url}{STATUS}", headers=uploads.a_student(), timeout=TIMEOUT_S)
            seen = answer.headers.get(LIMIT, "no limit")
        except httpx.HTTPError as error:
            seen = type(error).__name__
        meant = settings.value(system, UPLOADS_LIMIT)
        return Confirmation(ok=seen == meant, channel=f"{LIMIT} of GET {STATUS}", expected=meant, seen=seen)
