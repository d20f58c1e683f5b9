"""A pooler in front of a Postgres, which refuses settings of a session as PgBouncer does."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SSL_REQUEST = 80877103
GSS_REQUEST = 80877104
TEXT = "unsupported startup parameter: options"


@contextmanager
def pooler(host: str, port: int) -> Iterator[str]:
    """Yield the address of a pooler in front of the Postgres at *host* and *port*, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=_serve, args=(client, host, port), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def _serve(client: socket.socket, host: str, port: int) -> None:
    with suppress(OSError, struct.error), client:
        startup = _startup(client)
        while struct.unpack("!i", startup[4:8])[0] in (SSL_REQUEST, GSS_REQUEST):
            client.sendall(b"N")
            startup = _startup(client)
        if b"\0options\0" in startup:
            fields = f"SFATAL\0VFATAL\0C08P01\0M{TEXT}\0\0".encode()
            client.sendall(b"E" + struct.pack("!i", len(fields) + 4) + fields)
            return
        with socket.create_connection((host, port)) as server:
            server.sendall(startup)
            threading.Thread(target=_copy, args=(client, server), daemon=True).start()
            _copy(server, client)


def _startup(client: socket.socket) -> bytes:
    head = client.recv(4, socket.MSG_WAITALL)
    return head + client.recv(struct.unpack("!i", head)[0] - 4, socket.MSG_WAITALL)


def _copy(source: socket.socket, drain: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            drain.sendall(part)
        drain.shutdown(socket.SHUT_WR)
