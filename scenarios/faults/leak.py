"""A release of the backend that forgets to give connections back, and a client that keeps running into it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx

from checks.waiting import WaitTimeout, wait_until
from scenarios.drill.scenario import Confirmation, Fault
from scenarios.faults import uploads
from stack.errors import StackError

if TYPE_CHECKING:
    from scenarios.drill.site import Site

LEAKY_RELEASE = "1.1.0-leak"
CLIENTS = 10
PATIENCE_S = 1.5
EXHAUST_DEADLINE_S = 40.0
AGAIN_EVERY_S = 4.0
"""How often the integration goes on asking: slow enough that a restart buys an hour of real time at scale 30."""
POOLED = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s"


class LeakyRelease(Fault):
    """Deploy the leaky release, then ask for a result too early until the pool is used up, and go on slowly.

    Each answer 400 to GET /api/jobs/:id/result costs that release one pooled connection. The release stays deployed
    and the asking goes on until the drill is over: a restart is the cure, not the end of the fault.
    """

    name = "leaky release"
    undo: tuple[str, ...] = ("./scripts/rollback.sh",)

    def __init__(self) -> None:
        self._jobs: tuple[str, ...] = ()
        self._stop = threading.Event()
        self._integration: threading.Thread | None = None

    def inject(self, site: Site) -> None:
        """Deploy, upload one schedule that never completes, and ask for its result until requests hang."""
        site.stack.sandbox.must(f"./scripts/deploy.sh {site.stack.descriptor.roles['backend']} {LEAKY_RELEASE}")
        self._jobs = uploads.corrupt(site, 1)
        job = self._jobs[0]
        with (
            httpx.Client(base_url=site.target.front_url, timeout=PATIENCE_S) as client,
            ThreadPoolExecutor(CLIENTS) as clients,
        ):
            try:
                wait_until(
                    lambda: any(clients.map(lambda _: _ask_too_early(client, job), range(CLIENTS))),
                    done=lambda answered: not answered and self.confirm(site).ok,
                    deadline_s=EXHAUST_DEADLINE_S,
                    expected="no answer any more, from a pool that is used up",
                    where="GET /api/jobs/:id/result of the leaky release",
                    next_step="docker logs backend --tail 100",
                )
            except WaitTimeout as timeout:
                raise StackError(str(timeout)) from None
        self._integration = threading.Thread(target=self._go_on, args=(site, job), name="integration", daemon=True)
        self._integration.start()

    def confirm(self, site: Site) -> Confirmation:
        """Postgres itself counts the connections that the backend has taken."""
        maximum = _maximum(site)
        held = site.count_rows(POOLED, "backend%")
        return Confirmation(
            ok=held >= maximum,
            channel="pg_stat_activity",
            expected=f"{maximum} connections of the backend",
            seen=f"{held} of them",
        )

    def acknowledged(self) -> tuple[str, ...]:
        """Return the one job this fault uploaded."""
        return self._jobs

    def stop(self) -> None:
        """End the integration that keeps asking."""
        self._stop.set()
        if self._integration:
            self._integration.join()

    def _go_on(self, site: Site, job: str) -> None:
        with httpx.Client(base_url=site.target.front_url, timeout=PATIENCE_S) as client:
            while not self._stop.wait(AGAIN_EVERY_S):
                _ask_too_early(client, job)


def _ask_too_early(client: httpx.Client, job: str) -> bool:
    """Ask once for the result; tells whether there was an answer, which an exhausted pool no longer gives."""
    try:
        client.get(f"/api/jobs/{job}/result", headers=uploads.a_student())
    except httpx.TimeoutException:
        return False
    except httpx.HTTPError:
        pass
    return True


def _maximum(site: Site) -> int:
    """Return the size of the pool: the alert's own threshold, incident 5 of the runbook."""
    return int(site.book.incident(5).alert.threshold.value)
