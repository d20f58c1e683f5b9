"""Let clients on this machine reach a sandbox's engine, at a socket in a folder that only this user may enter.

Publishing the engine on a port would open it to every process that can reach that port.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingUnixStreamServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from docker.utils.socket import frames_iter

from drills.common.bounded import join

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docker.models.containers import Container

DIAL_STDIO = ["docker", "system", "dial-stdio"]
CHUNK = 65536
POLL_S = 0.1


class _Server(ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False  # an open connection of a client must not delay the removal of the sandbox

    def __init__(self, path: Path, container: Container) -> None:
        self.container = container
        super().__init__(str(path), _Handler)


class _Handler(BaseRequestHandler):
    """One connection: the client's bytes go to the engine, and the engine's bytes go to the client."""

    def handle(self) -> None:
        container: Container = self.server.container  # type: ignore[attr-defined]
        api: Any = container.client.api  # type: ignore[union-attr]
        job = api.exec_create(container.id, DIAL_STDIO, stdin=True, stdout=True, stderr=False)
        # The library wraps the connection in an object that can only be read from.
        opened: Any = api.exec_start(job["Id"], socket=True)
        remote: socket.socket = opened._sock  # noqa: SLF001
        with remote, suppress(OSError):
            Thread(target=_pass_on, args=(self.request, remote), name="dial", daemon=True).start()
            for _, chunk in frames_iter(remote, tty=False):  # type: ignore[no-untyped-call]
                self.request.sendall(chunk)


@contextmanager
def proxy(container: Container, path: Path) -> Iterator[None]:
    """Let clients connect to the engine inside *container* at the socket *path* until the block ends."""
    with _Server(path, container) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": POLL_S}, name="engine", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            join(thread)


def _pass_on(client: Any, remote: socket.socket) -> None:
    with suppress(OSError):
        while data := client.recv(CHUNK):
            remote.sendall(data)
        remote.shutdown(socket.SHUT_WR)
