"""Start the identity provider: `python -m stack.services.oidc`."""

from __future__ import annotations

from stack.services.common.logs import set_up
from stack.services.common.observe import Observe
from stack.services.common.serve import serve
from stack.services.common.settings import Environment, from_environment
from stack.services.oidc.provider import Client, application


def _read(env: Environment) -> tuple[Client, int]:
    client = Client(env.text("OIDC_ISSUER"), env.text("OIDC_CLIENT_ID"), env.text("OIDC_CLIENT_SECRET"))
    return client, env.integer("PORT", at_least=1)


def main() -> None:
    """Serve the provider."""
    set_up()
    client, port = from_environment(_read)
    serve(Observe(application(client)), port)


if __name__ == "__main__":
    main()
