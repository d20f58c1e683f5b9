"""A rate limit that is too low for students who share one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from checks.smoke.sign_in_client import STATUS
from drills.drill.scenario import Confirmation
from drills.faults.configuration import settings
from drills.faults.configuration.settings_changed import SettingsChanged
from scenarios.helpers import services, uploads

if TYPE_CHECKING:
    from drills.drill.system import System

HEADER = "X-RateLimit-Limit"
UPLOADS_LIMIT = "RATE_LIMIT_UPLOADS_PER_MINUTE"
TIMEOUT_S = 5.0


class RateLimitTooTight(SettingsChanged):
    """Write the limit for uploads into the setting for all routes."""

    name = "rate limit too tight"

    def __init__(self) -> None:
        super().__init__("RATE_LIMIT_PER_MINUTE", services.CHANGE_SETTING)

    def undo(self, system: System) -> tuple[str, ...]:  # noqa: ARG002 - the script names the file
        """Remove the settings as they were before the change."""
        return (services.FORGET_PREVIOUS,)

    def value(self, system: System) -> str:
        """Return the limit for uploads."""
        return settings.read(system, UPLOADS_LIMIT)

    def confirm(self, system: System) -> Confirmation:
        """Read the limit that the backend announces to a client at an address of its own."""
        try:
            headers = uploads.new_address()
            answer = httpx.get(f"{system.target.front_url}{STATUS}", headers=headers, timeout=TIMEOUT_S)
            seen = answer.headers.get(HEADER, "no limit")
        except httpx.HTTPError as error:
            seen = type(error).__name__
        tight = self.value(system)
        return Confirmation(ok=seen == tight, channel=f"{HEADER} of GET {STATUS}", expected=tight, seen=seen)
