"""The night before a deadline: a burst of uploads fills the queue, and a trickle that workers just miss keeps it so."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx

from load.asks import upload
from load.profiles import Content
from scenarios.drill.scenario import Confirmation, Fault
from scenarios.faults import settings, uploads

if TYPE_CHECKING:
    from scenarios.drill.site import Site

WORKER_CPUS = 0.1
CLIENTS = 6
PATIENCE_S = 30.0
BURST_PER_S = 60.0
TRICKLE_PER_S = 10.0
"""More than two such workers do, far less than ten of them do."""
OVERFILL = 1.1
"""The burst goes on to this multiple of the depth that counts as high, so that nothing depends on the last job."""


class Deadline(Fault):
    """Upload in a burst until the queue is deeper than its alert allows, and go on at a rate that keeps it so.

    The workers are healthy and small. Students who wait for their schedule wait as long as the queue is deep.
    """

    name = "deadline"

    def __init__(self) -> None:
        self._jobs: list[str] = []
        self._promised: tuple[str, ...] | None = None
        self._stop = threading.Event()
        self._pace: threading.Thread | None = None

    def prepare(self, site: Site) -> None:
        """Make the workers small."""
        settings.change(site, WORKER_CPUS=WORKER_CPUS)
        settings.apply(site, "worker")

    def inject(self, site: Site) -> None:
        """Begin to upload; whether the queue is deep is for the confirmation to see."""
        self._pace = threading.Thread(target=self._upload_all, args=(site,), name="deadline", daemon=True)
        self._pace.start()

    def confirm(self, site: Site) -> Confirmation:
        """Redis itself counts the jobs that wait."""
        waiting = _waiting(site)
        return Confirmation(
            ok=waiting > _deep(site), channel="Redis LLEN", expected=f"more than {_deep(site):.0f}", seen=str(waiting)
        )

    def acknowledged(self) -> tuple[str, ...]:
        """Return every upload accepted up to the first time that this is asked: an audit counts what does not grow."""
        if self._promised is None:
            self._promised = tuple(self._jobs)
        return self._promised

    def stop(self) -> None:
        """End the uploads."""
        self._stop.set()
        if self._pace:
            self._pace.join()

    def _upload_all(self, site: Site) -> None:
        rate = BURST_PER_S
        with (
            httpx.Client(base_url=site.target.front_url, timeout=PATIENCE_S) as client,
            ThreadPoolExecutor(CLIENTS) as clients,
        ):
            due = time.monotonic()
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                if rate > TRICKLE_PER_S and _waiting(site) > OVERFILL * _deep(site):
                    rate, due = TRICKLE_PER_S, time.monotonic()
                due += 1 / rate
                clients.submit(self._upload, client)
            clients.shutdown(cancel_futures=True)

    def _upload(self, client: httpx.Client) -> None:
        ask = upload(Content.GOOD)
        try:
            answer = client.post(ask.path, content=ask.body, headers=ask.headers | uploads.a_student())
        except httpx.HTTPError:
            return
        if answer.status_code == httpx.codes.CREATED:
            self._jobs.append(str(answer.json()["jobId"]))


def _waiting(site: Site) -> int:
    with site.redis() as redis:
        return int(redis.llen(f"bull:{site.stack.descriptor.queue}:wait"))


def _deep(site: Site) -> float:
    return site.book.incident(4).alert.threshold.value
