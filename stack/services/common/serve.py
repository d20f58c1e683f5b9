"""Run an ASGI application in a container: on all its interfaces, ending at once on SIGTERM."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def serve(app: ASGIApp, port: int) -> None:
    """Serve *app* on *port* until SIGTERM; open requests get one second, so that a restart stays quick.

    The process ends here: the interpreter would take itself apart, which costs a fifth of what its start
    did, for every worker of a crew.
    """
    uvicorn.run(
        app,
        host="0.0.0.0",  # noqa: S104 — inside a container; the compose file publishes on the loopback address only
        port=port,
        loop="uvloop",
        http="httptools",
        proxy_headers=False,  # the backend decides itself whose X-Forwarded-For to believe
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,  # longer than nginx keeps its idle connections, so the gateway never meets a closed one
    )
    logging.shutdown()
    os._exit(os.EX_OK)
