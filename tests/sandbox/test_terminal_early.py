"""Output that comes before the terminal reads: the engine's answer and the output may come in one piece."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docker import APIClient

from drills.sandbox.terminal import Ran, type_line

if TYPE_CHECKING:
    from collections.abc import Iterator

UPGRADED = (
    b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
    b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
)
VERSION = "1.41"


class Engine:
    """Answers like an engine, on real connections; the command says each of *pieces*, the first with the head."""

    def __init__(self, pieces: tuple[bytes, ...]) -> None:
        self._pieces = pieces
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as asked:
            while line := asked.readline():
                length = 0
                while (header := asked.readline()).strip():
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.split(b":")[1])
                asked.read(length)
                if b"/start" in line:
                    self._speak(connection)
                    return
                body = json.dumps({"Id": "job", "ExitCode": 0}).encode()
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                connection.sendall(head.encode() + body)

    def _speak(self, connection: socket.socket) -> None:
        first, *later = self._pieces
        connection.sendall(UPGRADED + first)
        for piece in later:
            connection.sendall(piece)


@contextmanager
def engine(*pieces: bytes) -> Iterator[Any]:
    speaking = Engine(pieces)
    client = APIClient(base_url=speaking.url, version=VERSION)
    try:
        yield SimpleNamespace(id="sandbox", client=SimpleNamespace(api=client))
    finally:
        client.close()
        speaking.close()


def typed(*pieces: bytes) -> Ran:
    with engine(*pieces) as container:
        return type_line(container, "docker ps -a", "/srv", limit_s=5.0)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((b"backend\r\n",), id="all of it with the head"),
        pytest.param((b"back", b"end\r\n"), id="the beginning with the head"),
        pytest.param((b"", b"backend\r\n"), id="nothing with the head"),
    ],
)
def test_a_transcript_is_whole_however_early_the_command_spoke(pieces: tuple[bytes, ...]) -> None:
    assert typed(*pieces).output == "backend\n"


def test_a_long_transcript_is_whole() -> None:
    lines = b"".join(b"%d\r\n" % number for number in range(20_000))
    assert typed(lines[:3000], lines[3000:]).output.splitlines() == [str(number) for number in range(20_000)]


def test_a_command_that_says_nothing_has_an_empty_transcript() -> None:
    assert typed(b"").output == ""
