"""Start the backend: `python -m stack.services.backend`."""

from __future__ import annotations

import logging
import sys

from stack.services.backend.app import application
from stack.services.backend.settings import read
from stack.services.common.logs import set_up
from stack.services.common.serve import serve
from stack.services.common.settings import from_environment

# The event loop asks for the interpreter after each of its system calls, and a thread that writes calendars would let
# it wait for 5 ms every time.
SWITCH_S = 0.0005


def main() -> None:
    """Read the settings, say what they are as far as they are no secrets, and serve."""
    set_up()
    sys.setswitchinterval(SWITCH_S)
    settings = from_environment(read)
    pool, sign_in = settings.pool, settings.sign_in
    logging.getLogger("backend").info(
        "starting: connection pool of at most %s, wait %s s", pool.max_connections, pool.wait_s
    )
    logging.getLogger("auth").info(
        "starting: sign-in by way of %s, session secrets accepted: %d", sign_in.issuer, len(sign_in.session_secrets)
    )
    serve(application(settings), settings.port)


if __name__ == "__main__":
    main()
