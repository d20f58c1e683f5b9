"""A rush of uploads behind some files that kill the worker that parses them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from load.profiles import Content
from load.rush import Rush
from scenarios.drill.scenario import Confirmation
from scenarios.faults.backlog import Backlog

if TYPE_CHECKING:
    from scenarios.drill.site import Site

FIRST = 32
"""Bombs for every slot of two workers, four times over: until the first ones wait again, each start meets new ones."""
CRASHES = "docker inspect -f '{{.RestartCount}}' $(docker-compose ps -aq %s)"


class PoisonPdf(Backlog):
    """Upload decompression bombs, and schedules in a rush behind them.

    Each bomb makes the worker that opens it exceed its memory limit; the kernel kills it, Docker starts it again,
    later each time, and the next bomb waits in the queue. A job whose worker died goes back to the queue's head: no
    worker gets past the bombs to the schedules, which wait for as long as nothing is done about it.
    """

    name = "poison pdf"

    def __init__(self) -> None:
        super().__init__()
        self._first: tuple[str, ...] = ()

    def inject(self, site: Site) -> None:
        """Begin with the bombs: all of them together, so that their last attempts are over when the queue is empty."""
        with Rush(site.target.front_url, replace(self.profile, usual=Content.POISON)) as bombs:
            bombs.send(FIRST)
            self._first = bombs.jobs
        super().inject(site)

    def confirm(self, site: Site) -> Confirmation:
        """Ask the engine whether a worker died and was restarted."""
        seen = site.stack.run(CRASHES % site.service("worker")).output.split()
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
