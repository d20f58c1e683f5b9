"""An HTTP proxy on loopback that resolves every name to one place."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def fake_proxy(tls_port: int = 0) -> Iterator[tuple[str, list[str]]]:
    """Yield the proxy's address and what it was asked for; a tunnel leads to *tls_port*, whatever name it names."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html></html>")

        def do_CONNECT(self) -> None:
            asked.append(self.path)
            if not tls_port:
                self.send_error(403)
                return
            self.send_response(200)
            self.end_headers()
            with socket.create_connection(("127.0.0.1", tls_port)) as server:
                threading.Thread(target=_copy, args=(self.connection, server), daemon=True).start()
                _copy(server, self.connection)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def _copy(source: socket.socket, drain: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            drain.sendall(part)
        drain.shutdown(socket.SHUT_WR)
