"""More students than the pool has connections, each waiting for the answer about a job of theirs."""

from __future__ import annotations

import asyncio
import random
import threading
from typing import TYPE_CHECKING

import httpx

from drills.drill.scenario import Confirmation, Fault
from scenarios.faults import pool, uploads

if TYPE_CHECKING:
    from drills.drill.system import System

WAITING_RELEASE = "1.1.0-wait"
WAIT_S = 4.0
"""How long a student waits for the end of a job before asking again; that release keeps a connection meanwhile.

Give or take a half: of those who always wait for as long, all whom one slow moment kept are answered at once from then
on, and before they have asked again, the pool is free for a moment."""
PATIENCE_S = 35.0
AGAIN_AFTER_S = 1.0
"""How soon a front end asks again after an error; after an answer it asks at once."""
OK = 200
ADD_JOBS = (
    "docker exec {database} psql -U {user} -d {name} -qtc"
    """ "INSERT INTO jobs (id, \\"pdfType\\", \\"s3Key\\", owner, \\"sizeBytes\\")"""
    """ SELECT gen_random_uuid(), 'lecture', 'none', 'crowd', 1 FROM generate_series(1, {students}) RETURNING id" """
)


class Crowd(Fault):
    """Students who wait for jobs that no worker has come to; *demand* is how many, as a multiple of the pool.

    Their requests are honest and none takes a second of work, but each holds a connection for as long as it waits.
    They come one after the other, and nobody waits in step with others.
    The students stay until the drill is over, whatever is done to the stack.
    """

    name = "waiting students"
    undo: tuple[str, ...] = ("docker-compose stop backend",)  # or healing may find no connection left for itself
    demand: float

    def __init__(self) -> None:
        self._jobs: list[str] = []
        self._stop = threading.Event()
        self._students: threading.Thread | None = None

    def prepare(self, system: System) -> None:
        """Deploy the release that answers late, and have jobs that stay pending for longer than any drill."""
        about = system.stack.descriptor
        system.stack.sandbox.check_output(f"./scripts/deploy.sh {about.roles['backend']} {WAITING_RELEASE}")
        students = round(self.demand * pool.maximum(system))
        added = system.stack.sandbox.check_output(
            ADD_JOBS.format(
                database=about.roles["database"],
                user=about.database.user,
                name=about.database.name,
                students=students,
            )
        )
        self._jobs = added.split()

    def inject(self, system: System) -> None:
        """Let every student ask, and ask again after each answer."""
        self._students = threading.Thread(target=asyncio.run, args=(self._ask(system),), name="students", daemon=True)
        self._students.start()

    def confirm(self, system: System) -> Confirmation:
        """Postgres itself counts the connections that the backend has taken."""
        return pool.exhausted(system)

    def background_threads(self) -> tuple[threading.Thread, ...]:
        """Return the one thread on which all students ask."""
        return (self._students,) if self._students else ()

    def stop(self) -> None:
        """Send the students home."""
        self._stop.set()
        if self._students:
            self._students.join()

    async def _ask(self, system: System) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=system.target.front_url, timeout=PATIENCE_S, limits=limits) as client:
            waiting = [asyncio.create_task(student(client, job)) for job in self._jobs]
            await asyncio.to_thread(self._stop.wait)
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


class TooMany(Crowd):
    """A rush: more students than one pool serves, and more than the server has connections for."""

    demand = 2.0


class Outgrown(Crowd):
    """Everyday demand above one pool, by half; there is no rush that will pass.

    With two backends each has three quarters of its pool in use. With less demand than this, the students whose answer
    is on its way left the pool at 48 for a moment, on a busy machine.
    """

    demand = 1.5


async def student(client: httpx.AsyncClient, job: str) -> None:
    """Wait for *job* for as long as nobody sends the student home; come within the first wait, at any moment of it."""
    await asyncio.sleep(random.uniform(0, WAIT_S))  # noqa: S311
    while True:
        try:
            wait_s = random.uniform(0.5, 1.5) * WAIT_S  # noqa: S311
            answer = await client.get(f"/api/jobs/{job}?wait={wait_s:.3f}", headers=uploads.a_student())
            ok = answer.status_code == OK
        except httpx.HTTPError:
            ok = False
        # Nobody's front ends ask in step.
        await asyncio.sleep(0 if ok else random.uniform(0.5, 1.5) * AGAIN_AFTER_S)  # noqa: S311
