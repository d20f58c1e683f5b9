"""A burst of uploads behind some files that kill the worker that parses them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from drills.faults.configuration import settings
from load.profiles import BURST, Content, Op
from load.upload_burst import UploadBurst
from scenarios.helpers import services
from scenarios.helpers.upload_backlog import UploadBacklog

if TYPE_CHECKING:
    from drills.drill.system import System
    from drills.load.ledger import Promise

FIRST = 12
"""Poison PDFs for the first six starts of two workers, which come in quick succession."""
ONE_IN = 20
"""One in so many of all uploads behind them is poison, for as long as they go on: the students try their files again.

A worker opens no more files than that between two starts, which come ever more rarely: at most every ten seconds from
then on, so that two workers open four files a second."""
RATE_RPS = 6.0
"""More than the workers get done without the solution, a tenth of what they read with it."""
RESTARTS = "docker inspect -f '{{{{.RestartCount}}}}' $(docker-compose ps -aq {})"


class WorkersCrashing(UploadBacklog):
    """Upload poison PDFs, and a burst of schedules behind them.

    Each poison PDF makes the worker that opens it exceed its memory limit; the kernel kills it, Docker starts it again,
    later each time, and the next one waits in the queue. A job whose worker died goes back to the queue's head: no
    worker gets past them to more than a few schedules. More of both kinds are uploaded, whatever is done about it.
    """

    name = "workers crashing"
    profile = replace(BURST, name="poisoned burst", mix=((Op.UPLOAD, RATE_RPS),), odd=Content.POISON, odd_every=ONE_IN)

    def __init__(self) -> None:
        super().__init__()
        self._first: tuple[Promise, ...] = ()

    def prepare(self, system: System) -> None:
        """Let each worker read one file at a time, so that it opens one poison PDF, and not one in each slot."""
        settings.change(system, WORKER_CONCURRENCY=1)
        services.recreate(system, "worker")

    def inject(self, system: System) -> None:
        """Begin with poison, so that no worker gets anything done while the queue fills."""
        with UploadBurst(system.target.front_url, replace(self.profile, usual=Content.POISON)) as poison:
            poison.send(FIRST)
            self._first = poison.promises
        super().inject(system)

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine whether a worker died and was restarted."""
        seen = system.stack.sandbox.run(RESTARTS.format(system.service("worker"))).output.split()
        restarts = [int(word) for word in seen if word.isdigit()]
        return Confirmation(
            ok=bool(restarts) and max(restarts) > 0,
            channel="docker inspect",
            expected="workers killed and restarted",
            seen=f"restarts of the replicas: {restarts}",
        )

    def acknowledged(self) -> tuple[Promise, ...]:
        """Return every upload that was accepted, poison included: those too must end, as failed."""
        return (*self._first, *super().acknowledged())
