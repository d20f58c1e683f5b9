"""Another secret to sign sessions with, which the cookies of all signed-in students do not match."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from checks.smoke.sign_in_client import STATUS, authenticated, sign_in
from drills.checks.result import CheckFailed
from drills.drill.scenario import Confirmation
from drills.faults.configuration.settings_changed import SettingsChanged
from drills.sandbox.errors import SandboxError
from scenarios.helpers import services

if TYPE_CHECKING:
    from drills.drill.system import System

WITNESS = "witness@example.org"


class SessionSecretChanged(SettingsChanged):
    """Give the backend a new secret: every cookie from before becomes worthless."""

    name = "session secret changed"

    def __init__(self) -> None:
        super().__init__("SESSION_SECRET", services.CHANGE_SETTING)
        self._witness: httpx.Client | None = None

    def undo(self, system: System) -> tuple[str, ...]:  # noqa: ARG002 - the script names the file
        """Remove the settings as they were before the change."""
        return (services.FORGET_PREVIOUS,)

    def value(self, system: System) -> str:  # noqa: ARG002 - any secret is another one
        """Return a line that makes a secret in the sandbox, so that no record holds it."""
        return "$(cat /proc/sys/kernel/random/uuid)"

    def inject(self, system: System) -> None:
        """Sign a student in, then change the secret."""
        try:
            self._witness = sign_in(system.target, WITNESS)
        except (httpx.HTTPError, CheckFailed) as error:
            raise SandboxError(f"expected a sign-in to succeed before the fault, saw: {error}") from None
        super().inject(system)

    def confirm(self, system: System) -> Confirmation:
        """Ask the system for the identity of the student who signed in before, and Redis whether it keeps sessions."""
        with system.redis() as redis:
            kept = len(list(redis.scan_iter("sess:*")))
        try:
            known = self._witness and authenticated(self._witness)
        except (httpx.HTTPError, CheckFailed) as error:
            known = f"no answer ({error})"
        return Confirmation(
            ok=known is None and kept > 0,
            channel=f"GET {STATUS} with a cookie from before, and Redis",
            expected="not signed in, while the sessions are kept",
            seen=f"{known or 'not signed in'}, {kept} sessions",
        )

    def stop(self) -> None:
        """Close the student's connection."""
        if self._witness:
            self._witness.close()
