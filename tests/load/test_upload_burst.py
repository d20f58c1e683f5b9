"""A burst against a server that accepts every upload but one in five."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, cycle
from threading import Barrier, Thread
from time import monotonic
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from drills.common.waiting import WaitTimeout, wait_until
from drills.load.permission import RemoteRefusedError
from load.expected_end import OF_CONTENT
from load.profiles import BURST, Content
from load.upload_burst import CLIENTS, UploadBurst

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE_IN = 5


class Server(ThreadingHTTPServer):
    """Keeps the addresses of the uploads, and the jobs that it accepted."""

    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.turns = count(1)
        self.accepted: list[str] = []
        self.addresses: list[str] = []
        self.sizes: list[int] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.server.sizes.append(len(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.addresses.append(self.headers["X-Forwarded-For"])
        if next(self.server.turns) % ONE_IN == 0:
            self.send_error(429)
            return
        job = str(uuid4())
        self.server.accepted.append(job)
        self.send_response(201)
        self.end_headers()
        self.wfile.write(json.dumps({"jobId": job}).encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[tuple[Server, str]]:
    with Server() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_jobs_are_those_that_were_accepted() -> None:
    with serving() as (server, url), UploadBurst(url, BURST) as burst:
        burst.until(lambda: len(burst.jobs) >= 40, deadline_s=20, expected="40 uploads")
        assert sorted(burst.jobs) == sorted(server.accepted)
        assert {promise.deserves for promise in burst.promises} == {OF_CONTENT[BURST.usual]}
        assert len(server.addresses) > len(burst.jobs)


def test_refused_are_those_that_were_too_many() -> None:
    with serving() as (server, url), UploadBurst(url, BURST) as burst:
        burst.send(3 * ONE_IN + 1)
        assert burst.refused == 3
        assert len(burst.jobs) == len(server.accepted) == 3 * (ONE_IN - 1) + 1


def test_burst_that_never_has_enough_ends_with_its_deadline() -> None:
    with serving() as (_, url), UploadBurst(url, BURST) as burst, pytest.raises(WaitTimeout, match="uploads accepted"):
        burst.until(lambda: False, deadline_s=0.2, expected="the impossible")


def test_going_on_keeps_the_rate_it_was_given() -> None:
    with serving() as (_, url), UploadBurst(url, BURST) as burst:
        began = monotonic()
        burst.go_on(16.0)
        wait_until(
            lambda: len(burst.jobs) >= 12,
            deadline_s=20,
            expected="12",
            where="here",
            next_step="read the threads of the burst",
        )
        burst.stop()
        assert monotonic() - began > 10 / 16.0
        done = len(burst.jobs)
        burst.stop()
        assert len(burst.jobs) == done


def test_going_on_keeps_the_mix_of_the_profile() -> None:
    mixed = replace(BURST, odd=Content.POISON, odd_every=2)
    with serving() as (server, url), UploadBurst(url, mixed) as burst:
        burst.go_on(40.0)
        wait_until(
            lambda: len(server.sizes) >= 8,
            deadline_s=20,
            expected="8",
            where="here",
            next_step="read the threads of the burst",
        )
        burst.stop()
        poisoned = sum(size > min(server.sizes) * 2 for size in server.sizes)
        assert poisoned == pytest.approx(len(server.sizes) / 2, abs=1)


def test_answered_are_those_that_were_accepted_or_too_many() -> None:
    with serving() as (_, url), UploadBurst(url, BURST) as burst:
        burst.send(ONE_IN + 1)
        assert burst.answered == ONE_IN + 1


def test_sent_at_once_are_as_many_as_were_asked_for() -> None:
    with serving() as (server, url), UploadBurst(url, BURST) as burst:
        burst.send_at_once(ONE_IN - 1)
        assert len(burst.jobs) == len(server.accepted) == ONE_IN - 1


def test_sent_at_once_are_as_many_at_a_time_as_there_are_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    together = Barrier(CLIENTS, timeout=20)
    with UploadBurst("http://127.0.0.1:9", BURST) as burst:
        monkeypatch.setattr(burst, "_upload", lambda _: together.wait())
        burst.send_at_once(CLIENTS)


def test_students_are_those_it_was_given() -> None:
    students = cycle(["198.18.0.1", "198.18.0.2"])
    with serving() as (server, url):
        UploadBurst(url, BURST, lambda: next(students)).send(4)
        assert server.addresses == ["198.18.0.1", "198.18.0.2"] * 2


def test_burst_at_another_machine_is_refused() -> None:
    with pytest.raises(RemoteRefusedError):
        UploadBurst("http://example.org", BURST)
