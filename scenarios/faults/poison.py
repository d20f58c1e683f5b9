"""A rush of uploads behind some files that kill the worker that parses them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from load.profiles import RUSH, Content
from load.upload_burst import UploadBurst
from scenarios.faults import settings
from scenarios.faults.backlog import Backlog

if TYPE_CHECKING:
    from drills.drill.system import System

FIRST = 8
"""Bombs for the first four starts of two workers, which come in quick succession."""
AMID = 40
"""One in so many of the rush behind them. A worker starts ever more rarely, and gets past fewer than come in meanwhile:
even when the first bombs wait for nobody to notice that their workers are gone, which takes the living ten seconds."""
FAR = 8 * AMID
"""Bombs further behind would never be reached while nothing is done, and fail last of all once something is."""
CRASHES = "docker inspect -f '{{.RestartCount}}' $(docker-compose ps -aq %s)"


class PoisonPdf(Backlog):
    """Upload decompression bombs, and schedules in a rush behind them.

    Each bomb makes the worker that opens it exceed its memory limit; the kernel kills it, Docker starts it again,
    later each time, and the next bomb waits in the queue. A job whose worker died goes back to the queue's head: no
    worker gets past the bombs to more than a few schedules, and for as long as nothing is done about it, more come in.
    """

    name = "poison pdf"
    profile = replace(RUSH, name="poisoned rush", odd=Content.POISON, odd_every=AMID, odd_until=FAR)

    def __init__(self) -> None:
        super().__init__()
        self._first: tuple[str, ...] = ()

    def prepare(self, system: System) -> None:
        """Have each worker read one file at a time: it shall meet one bomb, and not one in each of its slots."""
        settings.change(system, WORKER_CONCURRENCY=1)
        settings.apply(system, "worker")

    def inject(self, system: System) -> None:
        """Begin with bombs, so that no worker gets anything done while the queue fills."""
        with UploadBurst(system.target.front_url, replace(self.profile, usual=Content.POISON)) as bombs:
            bombs.send(FIRST)
            self._first = bombs.jobs
        super().inject(system)

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine whether a worker died and was restarted."""
        seen = system.stack.run(CRASHES % system.service("worker")).output.split()
        restarts = [int(word) for word in seen if word.isdigit()]
        return Confirmation(
            ok=bool(restarts) and max(restarts) > 0,
            channel="docker inspect",
            expected="workers killed and restarted",
            seen=f"restarts of the replicas: {restarts}",
        )

    def acknowledged(self) -> tuple[str, ...]:
        """Return every upload that was accepted, bombs included: they too must end, as failed."""
        return (*self._first, *super().acknowledged())
