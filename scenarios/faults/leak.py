"""A release of the backend that forgets to give connections back, and a client that keeps running into it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx

from drills.drill.scenario import Confirmation, Fault
from scenarios.faults import pool, uploads

if TYPE_CHECKING:
    from drills.drill.system import System

LEAKY_RELEASE = "1.1.0-leak"
CLIENTS = 10
PATIENCE_S = 1.0
ROUNDS = 3
"""So many times what would empty the pool: the other traffic has its part of the connections while we ask."""
AGAIN_EVERY_S = 4.0
"""How often the integration goes on asking: slow enough that a restart buys hours of real time at scale 60."""


class LeakyRelease(Fault):
    """Ask the leaky release for a result too early until the pool is used up, and go on slowly.

    Each answer 400 to GET /api/jobs/:id/result costs that release one pooled connection. The release stays deployed
    and the asking goes on until the drill is over: a restart is the cure, not the end of the fault.
    """

    name = "leaky release"

    def __init__(self) -> None:
        self._jobs: tuple[str, ...] = ()
        self._stop = threading.Event()
        self._integration: threading.Thread | None = None

    def prepare(self, system: System) -> None:
        """Deploy the release, and upload one schedule that never completes: nobody has asked for its result yet."""
        system.stack.sandbox.check_output(f"./scripts/deploy.sh {system.service('backend')} {LEAKY_RELEASE}")
        self._jobs = uploads.corrupt(system, 1)

    def inject(self, system: System) -> None:
        """Ask for the result until requests hang, then every few seconds."""
        self.reapply_load(system)
        self._integration = threading.Thread(target=self._go_on, args=(system,), name="integration", daemon=True)
        self._integration.start()

    def confirm(self, system: System) -> Confirmation:
        """Postgres itself counts the connections that the backend has taken."""
        return pool.exhausted(system)

    def reapply_load(self, system: System) -> None:
        """Ask many at a time until Postgres has given all it may and nobody gets an answer, but not without an end."""
        with (
            httpx.Client(base_url=system.target.front_url, timeout=PATIENCE_S) as client,
            ThreadPoolExecutor(CLIENTS) as clients,
        ):
            for _ in range(ROUNDS * pool.maximum(system) // CLIENTS):
                answered = any(list(clients.map(lambda _: self._ask_too_early(client), range(CLIENTS))))
                if not answered and pool.exhausted(system).ok:  # a busy machine, too, leaves many without an answer
                    return

    def acknowledged(self) -> tuple[str, ...]:
        """Return the one job this fault uploaded."""
        return self._jobs

    def background_threads(self) -> tuple[threading.Thread, ...]:
        """Return the integration."""
        return (self._integration,) if self._integration else ()

    def stop(self) -> None:
        """End the integration that keeps asking."""
        self._stop.set()
        if self._integration:
            self._integration.join()

    def _go_on(self, system: System) -> None:
        with httpx.Client(base_url=system.target.front_url, timeout=PATIENCE_S) as client:
            while not self._stop.wait(AGAIN_EVERY_S):
                self._ask_too_early(client)

    def _ask_too_early(self, client: httpx.Client) -> bool:
        """Ask once for the result; tells whether there was an answer, which an exhausted pool no longer gives."""
        try:
            client.get(f"/api/jobs/{self._jobs[0]}/result", headers=uploads.a_student())
        except httpx.TimeoutException:
            return False
        except httpx.HTTPError:
            pass
        return True
