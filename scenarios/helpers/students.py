"""Students who upload a given file: all of them once, or each again after the last one was read; no fault itself."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

import httpx

from drills.common.bounded import join
from drills.common.waiting import WaitTimeout, wait_until
from drills.load.ledger import Promise
from drills.sandbox.errors import SandboxError
from load.student_requests import STATUSES
from scenarios.helpers.uploads import accepted, new_address

if TYPE_CHECKING:
    from drills.drill.system import System

PATIENCE_S = 20.0
POLL_S = 0.2
RETRY_AFTER_S = 1.0
"""After how long a student whose file was not accepted tries again."""
OPEN = "SELECT count(*) FROM jobs WHERE id = ANY(%s::uuid[]) AND status IN ('pending', 'processing')"
ENDED = STATUSES - {"pending", "processing"}


def upload_together(system: System, content: bytes, number: int, deserves: str) -> tuple[Promise, ...]:
    """Upload *content*, which *deserves* this end, so many times at once; returns the jobs that were accepted."""
    with (
        httpx.Client(base_url=system.target.front_url, timeout=PATIENCE_S) as client,
        ThreadPoolExecutor(number) as students,
    ):
        jobs = students.map(lambda _: _upload(client, content), range(number))
        return tuple(Promise(job, deserves) for job in jobs if job)


def await_end(system: System, jobs: tuple[Promise, ...]) -> None:
    """Return when all *jobs* have ended, or after 20 s: the caller measures the effect."""
    with suppress(WaitTimeout):
        wait_until(
            lambda: system.count_rows(OPEN, [job.id for job in jobs]),
            done=lambda count: count == 0,
            deadline_s=PATIENCE_S,
            poll_s=POLL_S,
            expected="all uploads to have ended",
            where="table jobs",
            next_step=f"docker logs {system.service('worker')} --tail 50",
        )


class Students:
    """*number* students, each of whom uploads *content* again once the job of the last upload has ended.

    Each of these jobs *deserves* the same end.
    """

    def __init__(self, system: System, content: bytes, number: int, deserves: str) -> None:
        self._url = system.target.front_url
        self._content = content
        self._number = number
        self._deserves = deserves
        self._jobs: list[Promise] = []
        self._lock = Lock()
        self._halt = Event()
        self._threads: list[Thread] = []

    @property
    def jobs(self) -> tuple[Promise, ...]:
        """The uploads that were accepted so far."""
        with self._lock:
            return tuple(self._jobs)

    def start(self) -> None:
        """Begin to upload, or begin again."""
        self.stop()
        self._halt = Event()
        for turn in range(self._number):
            self._threads.append(Thread(target=self._student, args=(self._halt,), name=f"student-{turn}", daemon=True))
            self._threads[-1].start()

    @property
    def threads(self) -> tuple[Thread, ...]:
        """The threads of the students, one each."""
        return tuple(self._threads)

    def stop(self) -> None:
        """Return when the last upload under way was answered; may be called at any time, and twice."""
        self._halt.set()
        while self._threads:
            join(self._threads.pop())

    def _student(self, halt: Event) -> None:
        with httpx.Client(base_url=self._url, timeout=PATIENCE_S) as client:
            while not halt.is_set():
                job = _upload(client, self._content)
                if job is None:
                    halt.wait(RETRY_AFTER_S)
                    continue
                with self._lock:
                    self._jobs.append(Promise(job, self._deserves))
                while not halt.wait(POLL_S) and not _ended(client, job):
                    pass


def _upload(client: httpx.Client, content: bytes) -> str | None:
    try:
        return accepted(client, content)
    except SandboxError:
        return None


def _ended(client: httpx.Client, job: str) -> bool:
    try:
        answer = client.get(f"/api/jobs/{job}", headers=new_address())
        return answer.json().get("status") in ENDED
    except (httpx.HTTPError, json.JSONDecodeError):
        return False
