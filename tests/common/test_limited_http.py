"""A request ends, whatever drips or never ends: it has a limit in time and in size."""

import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from drills.common import limited_http
from drills.common.limited_http import AnswerTooLarge, LimitedClient

WHOLE_S = 0.4
DRIP_S = 0.05
SOON_S = 3.0


@contextmanager
def serving(answer: Any) -> Iterator[str]:
    """Serve *answer*, a function of the handler, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                answer(self)
            except OSError:  # the client has had enough
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def dripping_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "200")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"x")
        time.sleep(DRIP_S)


def dripping_head(handler: BaseHTTPRequestHandler) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50:
        handler.wfile.write(bytes([byte]))
        time.sleep(DRIP_S)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b": still here\n\n" * 1000)


def large_once_unpacked(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.end_headers()
    handler.wfile.write(gzip.compress(b"0" * 3_000_000))


def plain(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"all of it")


@pytest.mark.parametrize("answer", [dripping_body, dripping_head])
def test_answer_that_drips_is_no_answer(answer: Any) -> None:
    began = time.monotonic()
    with serving(answer) as url, LimitedClient(WHOLE_S) as http, pytest.raises(httpx.ReadTimeout, match=r"within 0\.4"):
        http.get(url)
    assert WHOLE_S <= time.monotonic() - began < SOON_S


def test_answer_without_an_end_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited_http, "LARGEST_BYTES", 64 * 1024)
    with (
        serving(endless) as url,
        LimitedClient(SOON_S) as http,
        pytest.raises(AnswerTooLarge, match="more than 64 KiB"),
    ):
        http.get(url)


def test_packed_answer_has_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited_http, "LARGEST_PACKED_BYTES", 1024)
    with serving(large_once_unpacked) as url, LimitedClient(SOON_S) as http, pytest.raises(AnswerTooLarge):
        http.get(url)


def test_usual_answer_is_read_whole() -> None:
    with serving(plain) as url, LimitedClient(SOON_S) as http:
        assert http.get(url).text == "all of it"
