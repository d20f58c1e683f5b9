"""The identity provider no longer takes the secret that the backend shows."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

NEW_SECRET = "$(cat /proc/sys/kernel/random/uuid)"  # noqa: S105 - made inside the sandbox, so that nothing records it
SHOW_OURS = (
    "curl -s -o /dev/null -w '%{http_code}' "
    """-u "$(sed -n 's/^OIDC_CLIENT_ID=//p' .env):$(sed -n 's/^OIDC_CLIENT_SECRET=//p' .env)" """
    "-d code=none -d redirect_uri=none -d code_verifier=none http://localhost:3000/oidc/token"
)


class RotatedClientSecret(Fault):
    """Give the provider a new client secret and tell nobody, as at its console."""

    name = "rotated client secret"

    def inject(self, system: System) -> None:
        """Create the provider anew with another secret than the settings hold."""
        service = system.service("identity")
        system.stack.sandbox.check_output(
            f"OIDC_CLIENT_SECRET={NEW_SECRET} docker-compose up -d --no-deps --wait {service}"
        )

    def confirm(self, system: System) -> Confirmation:
        """Show the settings' secret to the provider; one that it knows would be asked for a better code, with a 400."""
        seen = system.stack.run(SHOW_OURS).output.strip()
        return Confirmation(
            ok=seen == str(HTTPStatus.UNAUTHORIZED.value),
            channel="the provider's token endpoint",
            expected="401 for the secret in .env",
            seen=seen,
        )
