"""More students than the pool has connections, each waiting for the answer about a job of theirs."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Protocol

import httpx

from drills.common.bounded import join
from drills.common.draws import DRAWS
from drills.drill.scenario import Confirmation, Fault
from drills.faults.postgres import sessions
from scenarios.helpers import pool, services, uploads

if TYPE_CHECKING:
    from drills.drill.system import System

RELEASE = "1.1.0-wait"
BEYOND_THE_SERVER = 2.0
"""Demand, as a multiple of the pool, for which Postgres as shipped has too few connections."""
BEYOND_ONE_POOL = 1.5
"""Demand, as a multiple of the pool, of which two backends each use three quarters of their pool.

With less demand, the pool was at 48 for a moment on a slow machine, while some students' answers were under way."""
WAIT_S = 1.1
"""How long a student waits for the end of a job before the next request; that release keeps a connection meanwhile.

Waits longer than the target of the response time would look like an incident of their own, whatever is done.

The real waits vary by a half. With equal waits, all requests that one slow moment delayed are answered at once from
then on, and the pool is free for a moment before the next ones arrive."""
PATIENCE_S = 35.0
RETRY_AFTER_S = 1.0
"""How soon a front end repeats a request after an error; after an answer it does so at once."""
OK = 200
ADD_JOBS = """INSERT INTO jobs (id, "pdfType", "s3Key", owner, "sizeBytes")
 SELECT gen_random_uuid(), 'lecture', 'none', 'waiting', 1 FROM generate_series(1, {students}) RETURNING id"""


class PoolSaturation(Fault):
    """Students who wait for jobs that no worker has started; *demand* is how many, as a multiple of the pool.

    Their requests are honest and none takes a second of work, but each keeps a connection for as long as it waits.
    They start one after the other and do not wait in step. The students go on until the drill is over, whatever is
    done to the stack.
    """

    name = "pool saturation"

    def __init__(self, demand: float) -> None:
        self._demand = demand
        self._jobs: list[str] = []
        self._stop = threading.Event()
        self._students: threading.Thread | None = None

    def undo(self, system: System) -> tuple[str, ...]:
        """Stop the backend, or healing may find no connection left for itself."""
        return (f"docker-compose stop {system.service('backend')}",)

    def prepare(self, system: System) -> None:
        """Deploy the release that answers late, and add jobs that stay pending for longer than any drill."""
        services.deploy(system, "backend", RELEASE)
        add = ADD_JOBS.format(students=round(self._demand * pool.maximum(system)))
        self._jobs = system.stack.sandbox.check_output(sessions.psql(system, add)).split()

    def inject(self, system: System) -> None:
        """Let every student send a request, and the next one after each answer."""
        self._students = threading.Thread(target=asyncio.run, args=(self._wait(system),), name="students", daemon=True)
        self._students.start()

    def confirm(self, system: System) -> Confirmation:
        """Ask Postgres how many connections the backend has taken."""
        return pool.exhausted(system)

    def background_threads(self) -> tuple[threading.Thread, ...]:
        """Return the one thread of all students."""
        return (self._students,) if self._students else ()

    def stop(self) -> None:
        """End the students' requests."""
        self._stop.set()
        if self._students:
            join(self._students)

    async def _wait(self, system: System) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=system.target.front_url, timeout=PATIENCE_S, limits=limits) as client:
            students = [asyncio.create_task(wait_for_job(client, job)) for job in self._jobs]
            await asyncio.to_thread(self._stop.wait)
            for student in students:
                student.cancel()
            await asyncio.gather(*students, return_exceptions=True)


class Client(Protocol):
    """The part of an HTTP client that a student needs."""

    async def get(self, url: str, /, *, headers: dict[str, str]) -> httpx.Response:
        """Send a GET request; raises httpx.HTTPError when there is no answer."""


async def wait_for_job(client: Client, job: str) -> None:
    """Wait for *job* as one student does, until cancelled; the first request comes at any moment of the first wait."""
    await asyncio.sleep(DRAWS.uniform(0, WAIT_S))
    while True:
        try:
            wait_s = DRAWS.uniform(0.5, 1.5) * WAIT_S
            answer = await client.get(f"/api/jobs/{job}?wait={wait_s:.3f}", headers=uploads.new_address())
            ok = answer.status_code == OK
        except httpx.HTTPError:
            ok = False
        # Real front ends do not retry in step.
        await asyncio.sleep(0 if ok else DRAWS.uniform(0.5, 1.5) * RETRY_AFTER_S)
