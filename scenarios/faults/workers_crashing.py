"""A burst of uploads behind some files that kill the worker that parses them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from drills.faults.configuration import settings
from load.profiles import BURST, Content
from load.upload_burst import UploadBurst
from scenarios.helpers import services
from scenarios.helpers.upload_backlog import UploadBacklog

if TYPE_CHECKING:
    from drills.drill.system import System
    from drills.load.ledger import Promise

FIRST = 8
"""Poison PDFs for the first four starts of two workers, which come in quick succession."""
ONE_IN = 40
"""One in so many of the burst behind them is poison. A worker starts ever more rarely, and reads fewer files between
two starts than are uploaded meanwhile: even while the first poison PDFs wait to be recognised as stalled, which takes
the living workers ten seconds."""
LAST = 8 * ONE_IN
"""A poison PDF further behind would not be reached without the solution, and would fail last of all with it."""
RESTARTS = "docker inspect -f '{{{{.RestartCount}}}}' $(docker-compose ps -aq {})"


class WorkersCrashing(UploadBacklog):
    """Upload poison PDFs, and a burst of schedules behind them.

    Each poison PDF makes the worker that opens it exceed its memory limit; the kernel kills it, Docker starts it again,
    later each time, and the next one waits in the queue. A job whose worker died goes back to the queue's head: no
    worker gets past them to more than a few schedules, and for as long as nothing is done about it, more are uploaded.
    """

    name = "workers crashing"
    profile = replace(BURST, name="poisoned burst", odd=Content.POISON, odd_every=ONE_IN, odd_until=LAST)

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
        seen = system.stack.run(RESTARTS.format(system.service("worker"))).output.split()
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
