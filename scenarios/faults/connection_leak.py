"""A release of the backend that does not give connections back, and a client that causes it again and again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx

from drills.common.bounded import join
from drills.drill.scenario import Confirmation, Fault
from scenarios.helpers import pool, services, uploads

if TYPE_CHECKING:
    from drills.drill.system import System
    from drills.load.ledger import Promise

RELEASE = "1.1.0-leak"
CLIENTS = 10
PATIENCE_S = 1.0
ROUNDS = 3
"""Requests sent, as a multiple of the pool: the other traffic uses part of the connections meanwhile."""
REPEAT_EVERY_S = 4.0
"""Seconds between two requests once the pool is used up: a restart then buys hours of real time at scale 60."""


class ConnectionLeak(Fault):
    """Request a result too early until the leaking release has used up the pool, then go on slowly.

    Each answer 400 to GET /api/jobs/:id/result costs that release one pooled connection. The release stays deployed
    and the requests go on until the drill is over: a restart is the solution, not the end of the fault.
    """

    name = "connection leak"

    def __init__(self) -> None:
        self._jobs: tuple[Promise, ...] = ()
        self._stop = threading.Event()
        self._client: threading.Thread | None = None

    def prepare(self, system: System) -> None:
        """Deploy the release, and upload one schedule that never completes, without a request for its result yet."""
        services.deploy(system, "backend", RELEASE)
        self._jobs = uploads.corrupt(system, 1)

    def inject(self, system: System) -> None:
        """Request the result until requests hang, then every few seconds."""
        self.reapply_load(system)
        self._client = threading.Thread(target=self._go_on, args=(system,), name="early-client", daemon=True)
        self._client.start()

    def confirm(self, system: System) -> Confirmation:
        """Ask Postgres how many connections the backend has taken."""
        return pool.exhausted(system)

    def reapply_load(self, system: System) -> None:
        """Send many requests at a time until the pool is used up and none is answered, at most three pools' worth."""
        with (
            httpx.Client(base_url=system.target.front_url, timeout=PATIENCE_S) as client,
            ThreadPoolExecutor(CLIENTS) as clients,
        ):
            for _ in range(ROUNDS * pool.maximum(system) // CLIENTS):
                answered = any(list(clients.map(lambda _: self._request_too_early(client), range(CLIENTS))))
                if not answered and pool.exhausted(system).ok:  # a busy machine, too, leaves many without an answer
                    return

    def acknowledged(self) -> tuple[Promise, ...]:
        """Return the one job that this fault uploaded."""
        return self._jobs

    def background_threads(self) -> tuple[threading.Thread, ...]:
        """Return the client that goes on."""
        return (self._client,) if self._client else ()

    def stop(self) -> None:
        """End the client that goes on."""
        self._stop.set()
        if self._client:
            join(self._client)

    def _go_on(self, system: System) -> None:
        with httpx.Client(base_url=system.target.front_url, timeout=PATIENCE_S) as client:
            while not self._stop.wait(REPEAT_EVERY_S):
                self._request_too_early(client)

    def _request_too_early(self, client: httpx.Client) -> bool:
        """Request the result once; returns whether there was an answer, which an exhausted pool no longer gives."""
        try:
            client.get(f"/api/jobs/{self._jobs[0].id}/result", headers=uploads.new_address())
        except httpx.TimeoutException:
            return False
        except httpx.HTTPError:
            pass
        return True
