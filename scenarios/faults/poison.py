"""A rush of uploads in which some files kill the worker that parses them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from load.profiles import POISONED_RUSH, Content
from load.rush import Rush
from scenarios.drill.scenario import Confirmation
from scenarios.faults.backlog import Backlog

if TYPE_CHECKING:
    from scenarios.drill.site import Site

FIRST = 20
"""More bombs than two workers have slots: those that start again meet the next ones."""
CRASHES = "docker inspect -f '{{.RestartCount}}' $(docker-compose ps -aq %s)"


class PoisonPdf(Backlog):
    """Upload schedules in a rush, some of them decompression bombs.

    Each bomb makes the worker that opens it exceed its memory limit; the kernel kills it, Docker starts it again,
    later each time, and the next bomb waits in the queue.
    """

    name = "poison pdf"
    profile = POISONED_RUSH

    def __init__(self) -> None:
        super().__init__()
        self._first: tuple[str, ...] = ()

    def inject(self, site: Site) -> None:
        """Begin with bombs for every slot: from then on a worker that starts meets some of them soon."""
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
