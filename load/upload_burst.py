"""A burst of uploads: as fast as the system accepts them until a condition holds, and then on at a given rate.

Locust takes seconds to start and a core to be fast; threads that do nothing but upload start at once.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final, Self

from drills.common.bounded import join
from drills.common.client_addresses import random_address
from drills.common.waiting import wait_until
from drills.load.client import exchange
from drills.load.ledger import Promise
from drills.load.permission import require_allowed
from load.profiles import contents
from load.student_requests import upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from load.profiles import Content, StudentProfile

CLIENTS: Final = 8
"""More uploads at a time do not make the backend any faster."""
POLL_S: Final = 0.05
CREATED: Final = 201
TOO_MANY: Final = 429


class UploadBurst:
    """Uploads from many students at a time; `promises` are those that were accepted, `refused` counts the answers 429.

    *profile* says what the files hold. Each upload comes from *address()*.
    """

    def __init__(self, front_url: str, profile: StudentProfile, address: Callable[[], str] = random_address) -> None:
        require_allowed(front_url)
        self._front_url = front_url
        self._profile = profile
        self._address = address
        self._mixed = contents(profile)
        self._promises: list[Promise] = []
        self._refused = 0
        self._lock = Lock()
        self._halt = Event()
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, artifact: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def clients(self) -> tuple[Thread, ...]:
        """The clients that upload until they are stopped."""
        return tuple(self._threads)

    @property
    def promises(self) -> tuple[Promise, ...]:
        """The uploads that were accepted so far, with what each deserves to become."""
        with self._lock:
            return tuple(self._promises)

    @property
    def jobs(self) -> tuple[str, ...]:
        """Ids of the uploads that were accepted so far."""
        return tuple(promise.id for promise in self.promises)

    @property
    def answered(self) -> int:
        """How many uploads so far were accepted or answered 429."""
        with self._lock:
            return len(self._promises) + self._refused

    @property
    def refused(self) -> int:
        """How many uploads so far were answered 429, too many requests."""
        with self._lock:
            return self._refused

    def send(self, number: int) -> None:
        """Upload *number* files, one after the other."""
        for _ in range(number):
            self._upload(self._mixed)

    def send_at_once(self, number: int) -> None:
        """Upload *number* files, as many at a time as there are clients: workers never wait for the next one."""
        with ThreadPoolExecutor(CLIENTS) as clients:
            for sent in [clients.submit(self._upload, self._mixed) for _ in range(number)]:
                sent.result()

    def until(self, enough: Callable[[], bool], *, deadline_s: float, expected: str) -> None:
        """Upload as fast as answers come until *enough()*; raises WaitTimeout when it is not within *deadline_s*."""
        self._begin(self._mixed, None)
        try:
            wait_until(
                lambda: None if enough() else f"{len(self.jobs)} uploads accepted",
                done=lambda seen: seen is None,
                deadline_s=deadline_s,
                poll_s=POLL_S,
                expected=expected,
                where=self._front_url,
                next_step="read the workers' log: they may parse as fast as the burst uploads",
            )
        finally:
            self.stop()

    def go_on(self, rate_rps: float) -> None:
        """Upload *rate_rps* files a second until `stop`, mixed as the profile says."""
        self._begin(self._mixed, rate_rps)

    def stop(self) -> None:
        """Return when the last upload under way was answered; may be called at any time, and twice."""
        self._halt.set()
        while self._threads:
            join(self._threads.pop())

    def _begin(self, files: Iterator[Content], rate_rps: float | None) -> None:
        self.stop()
        self._halt = Event()
        began_s = time.monotonic()
        for turn in range(CLIENTS):
            due = _due_times(rate_rps, turn, began_s)
            self._threads.append(
                Thread(target=self._client, args=(self._halt, files, due), name=f"burst-{turn}", daemon=True)
            )
            self._threads[-1].start()

    def _client(self, halt: Event, files: Iterator[Content], due_s: Iterator[float]) -> None:
        while not halt.wait(max(0.0, next(due_s) - time.monotonic())):
            self._upload(files)

    def _upload(self, files: Iterator[Content]) -> None:
        with self._lock:
            ask = upload(next(files))
        headers = {**ask.headers, "X-Forwarded-For": self._address()}
        answer = exchange(self._front_url, ask.method, ask.path, headers, ask.body, self._profile.timeout_s)
        with self._lock:
            if answer.status == CREATED:
                self._promises.append(Promise(str(json.loads(answer.body)["jobId"]), ask.deserves))
            elif answer.status == TOO_MANY:
                self._refused += 1


def _due_times(rate_rps: float | None, turn: int, began_s: float) -> Iterator[float]:
    """Yield when the client of this *turn* uploads next (monotonic seconds); without a rate, always now."""
    for number in count(turn, CLIENTS):
        yield began_s if rate_rps is None else began_s + number / rate_rps
