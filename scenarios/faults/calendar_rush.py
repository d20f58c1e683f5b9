"""Everybody makes their calendar at the same time: more users than one small backend can write calendars for."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx

from drills.drill.scenario import Confirmation, Fault
from scenarios.faults import settings, uploads

if TYPE_CHECKING:
    from drills.drill.system import System

BACKEND_CPUS = 0.2
"""Three of them are a bit more than half of a core, which a machine with two has for them whatever else it does."""
PATIENCE_S = 60.0
FIRST = 8
"""Calendars that are written before anything is measured: the first take longer, with all that has to be loaded."""
SCOUTS = 6
"""Students who ask again at once while the backend is measured: as many as keep it busy."""
WARM_UP_S = 1.0
MEASURE_S = 4.0
LOOK_S = 3.0
THINK = 3.0
"""Between two calendars of one student, in multiples of the alert's threshold, as both that follow. The longer, the
less a waiting crowd slows its own coming."""
WAIT = 1.5
"""How long each student shall wait for a single backend; with three of them nobody waits."""
LONG = 1.2
"""Nobody else comes after somebody has waited for so long."""
EVENTS = 30
PATH = "/api/generate/ics"


class CalendarRush(Fault):
    """So many students at a time that a single small backend keeps each waiting, and three of them nobody.

    The first students tell how many calendars a second it writes; then as many more come as it takes for a long wait.
    They stay until the drill is over: each thinks for a while after an answer, and asks again.
    """

    name = "calendar rush"

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._full = threading.Event()
        self._crowd: threading.Thread | None = None
        self._think_s = 0.0
        self._answered = 0
        self._longest_s = 0.0
        self._open = 0

    def prepare(self, system: System) -> None:
        """Make the backend small."""
        settings.change(system, BACKEND_CPUS=BACKEND_CPUS)
        settings.apply(system, "backend")
        with httpx.Client(base_url=system.target.front_url, timeout=PATIENCE_S) as client:
            for _ in range(FIRST):
                client.post(PATH, json=_CALENDAR, headers=uploads.a_student()).raise_for_status()

    def inject(self, system: System) -> None:
        """Let the students come, and return when all have arrived who wait at the same time."""
        self._crowd = threading.Thread(target=asyncio.run, args=(self._come(system),), name="students", daemon=True)
        self._crowd.start()
        self._full.wait(2 * (WARM_UP_S + MEASURE_S))

    def confirm(self, system: System) -> Confirmation:
        """Count the students who wait: they are clients of ours, so nobody has to be asked."""
        del system
        return Confirmation(
            ok=self._open > SCOUTS,
            channel="the students' own count",
            expected=f"more than {SCOUTS} who wait at the same time",
            seen=f"{self._open}",
        )

    def background_threads(self) -> tuple[threading.Thread, ...]:
        """Name the students' thread: without it nobody asks."""
        return (self._crowd,) if self._crowd else ()

    def stop(self) -> None:
        """Send the students home."""
        self._stop.set()
        if self._crowd:
            self._crowd.join()

    async def _come(self, system: System) -> None:
        limit_s = system.runbook.incident(2).alert.threshold.value
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=system.target.front_url, timeout=PATIENCE_S, limits=limits) as client:
            students = [asyncio.create_task(self._student(client, 0.0)) for _ in range(SCOUTS)]
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
                per_s = max(per_s, await self._per_s(LOOK_S))
            await asyncio.to_thread(self._stop.wait)
            for student in students:
                student.cancel()
            await asyncio.gather(*students, return_exceptions=True)

    async def _per_s(self, seconds: float) -> float:
        """Return how many calendars a second the backend writes beside all that it has to do anyway."""
        solution_applied, began = self._answered, time.monotonic()
        await asyncio.to_thread(self._stop.wait, seconds)
        return (self._answered - solution_applied) / (time.monotonic() - began)

    async def _student(self, client: httpx.AsyncClient, after_s: float) -> None:
        await asyncio.sleep(after_s)
        while True:
            await self._ask(client)
            await asyncio.sleep(random.uniform(0.5, 1.5) * self._think_s)  # noqa: S311 - variety, not secrecy

    async def _ask(self, client: httpx.AsyncClient) -> None:
        began = time.monotonic()
        self._open += 1
        try:
            await client.post(PATH, json=_CALENDAR, headers=uploads.a_student())
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
