"""Students who all make their calendar at the same time: more than one small backend can write calendars for."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx

from drills.common.bounded import join
from drills.common.draws import DRAWS
from drills.drill.scenario import Confirmation, Fault
from drills.faults.configuration import settings
from drills.faults.thresholds import threshold
from drills.runbook.model import Quantity
from scenarios.helpers import services, uploads

if TYPE_CHECKING:
    from drills.drill.system import System

BACKEND_CPUS = 0.2
"""Three of them are a bit more than half of a core, which a machine with two has for them whatever else it does."""
PATIENCE_S = 60.0
WARM_UP_REQUESTS = 8
"""Calendars that are written before anything is measured: the first take longer, with all that has to be loaded."""
MEASURING_STUDENTS = 6
"""Students who repeat their request at once while the backend is measured: as many as keep its CPU in use."""
WARM_UP_S = 1.0
MEASURE_S = 4.0
POLL_S = 3.0
THINK = 3.0
"""Between two calendars of one student, in multiples of the alert's threshold, as both that follow. The longer, the
less the waiting students reduce the load that they cause."""
WAIT = 1.5
"""The wait of each student with one backend, in multiples of the alert's threshold; with three no student waits."""
LONG = 1.2
"""No more students are added once one of them has waited for so long."""
EVENTS = 30
PATH = "/api/generate/ics"


class TooManyConcurrentUsers(Fault):
    """So many students at a time that a single small backend keeps each waiting, and three backends none.

    The first students tell how many calendars a second it writes; then as many are added as it takes for a long wait.
    They go on until the drill is over: each thinks for a while after an answer, and sends the next request.
    """

    name = "too many concurrent users"

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._full = threading.Event()
        self._students: threading.Thread | None = None
        self._think_s = 0.0
        self._answered = 0
        self._longest_s = 0.0
        self._open = 0

    def prepare(self, system: System) -> None:
        """Make the backend small."""
        settings.change(system, BACKEND_CPUS=BACKEND_CPUS)
        services.recreate(system, "backend")
        with httpx.Client(base_url=system.target.front_url, timeout=PATIENCE_S) as client:
            for _ in range(WARM_UP_REQUESTS):
                client.post(PATH, json=_CALENDAR, headers=uploads.new_address()).raise_for_status()

    def inject(self, system: System) -> None:
        """Start the students, and return once the waiting ones have been added to those that measure."""
        self._students = threading.Thread(target=asyncio.run, args=(self._add(system),), name="students", daemon=True)
        self._students.start()
        self._full.wait(2 * (WARM_UP_S + MEASURE_S))

    def confirm(self, system: System) -> Confirmation:
        """Count the students who wait: they are clients of this process."""
        del system
        return Confirmation(
            ok=self._open > MEASURING_STUDENTS,
            channel="the students' own count",
            expected=f"more than {MEASURING_STUDENTS} students who wait at the same time",
            seen=f"{self._open}",
        )

    def background_threads(self) -> tuple[threading.Thread, ...]:
        """Return the one thread of all students."""
        return (self._students,) if self._students else ()

    def stop(self) -> None:
        """End the students' requests."""
        self._stop.set()
        if self._students:
            join(self._students)

    async def _add(self, system: System) -> None:
        limit_s = threshold(system, Quantity.RESPONSE_TIME_P95)
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=system.target.front_url, timeout=PATIENCE_S, limits=limits) as client:
            students = [asyncio.create_task(self._student(client, 0.0)) for _ in range(MEASURING_STUDENTS)]
            await self._per_s(WARM_UP_S)
            per_s = await self._per_s(MEASURE_S)
            self._think_s = THINK * limit_s
            thinking = round(per_s * self._think_s)
            students += [
                asyncio.create_task(self._student(client, self._think_s * number / thinking))
                for number in range(thinking)
            ]
            while not self._stop.is_set() and self._longest_s < LONG * limit_s:
                missing = max(0, round(per_s * WAIT * limit_s) - self._open)
                students += [asyncio.create_task(self._student(client, 0.0)) for _ in range(missing)]
                system.say(f"{per_s:.1f} calendars a second: {len(students)} students")
                self._full.set()
                per_s = max(per_s, await self._per_s(POLL_S))
            await asyncio.to_thread(self._stop.wait)
            for student in students:
                student.cancel()
            await asyncio.gather(*students, return_exceptions=True)

    async def _per_s(self, seconds: float) -> float:
        """Return how many calendars a second the backend writes beside all that it has to do anyway."""
        answered, began = self._answered, time.monotonic()
        await asyncio.to_thread(self._stop.wait, seconds)
        return (self._answered - answered) / (time.monotonic() - began)

    async def _student(self, client: httpx.AsyncClient, after_s: float) -> None:
        await asyncio.sleep(after_s)
        while True:
            await self._request(client)
            await asyncio.sleep(DRAWS.uniform(0.5, 1.5) * self._think_s)

    async def _request(self, client: httpx.AsyncClient) -> None:
        began = time.monotonic()
        self._open += 1
        try:
            await client.post(PATH, json=_CALENDAR, headers=uploads.new_address())
        except httpx.HTTPError:
            return
        finally:
            self._open -= 1
        self._answered += 1
        self._longest_s = max(self._longest_s, time.monotonic() - began)


def _event(number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "summary": f"COS {110 + number} L1",
        "location": "IT 4-1",
        "startTime": "08:30",
        "endTime": "09:20",
        "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")[number % 5],
        "isRecurring": True,
    }


_CALENDAR = {
    "events": [_event(number) for number in range(EVENTS)],
    "semesterStart": "2025-07-21",
    "semesterEnd": "2025-11-07",
    "pdfType": "lecture",
}
