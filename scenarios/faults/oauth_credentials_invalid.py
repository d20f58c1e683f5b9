"""An identity provider that no longer accepts the secret that the backend sends."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

NEW_SECRET = "$(cat /proc/sys/kernel/random/uuid)"  # noqa: S105 - made inside the sandbox, so that nothing records it
SEND_OURS = (
    "curl -s -o /dev/null -w '%{{http_code}}' "
    """-u "$(sed -n 's/^OIDC_CLIENT_ID=//p' .env):$(sed -n 's/^OIDC_CLIENT_SECRET=//p' .env)" """
    "-d code=none -d redirect_uri=none -d code_verifier=none http://localhost:{port}/oidc/token"
)


class OauthCredentialsInvalid(Fault):
    """Give the provider a new client secret, and leave the old one in the settings."""

    name = "oauth credentials invalid"

    def inject(self, system: System) -> None:
        """Create the provider anew with another secret than the settings hold."""
        service = system.service("identity")
        system.stack.sandbox.check_output(
            f"OIDC_CLIENT_SECRET={NEW_SECRET} docker-compose up -d --no-deps --wait {service}"
        )

    def confirm(self, system: System) -> Confirmation:
        """Send the settings' secret to the provider, which answers 400 for the code where it accepts the secret."""
        seen = system.stack.sandbox.run(SEND_OURS.format(port=system.stack.descriptor.ports["gateway"])).output.strip()
        return Confirmation(
            ok=seen == str(HTTPStatus.UNAUTHORIZED.value),
            channel="the provider's token endpoint",
            expected="401 for the secret in .env",
            seen=seen,
        )
