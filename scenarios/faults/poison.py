"""A rush of uploads in which some files kill the worker that parses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from load.profiles import POISONED_RUSH
from scenarios.drill.scenario import Confirmation
from scenarios.faults.backlog import Backlog

if TYPE_CHECKING:
    from scenarios.drill.site import Site

CRASHES = "docker inspect -f '{{.RestartCount}}' $(docker-compose ps -aq %s)"


class PoisonPdf(Backlog):
    """Upload schedules in a rush, some of them decompression bombs.

    Each bomb makes the worker that opens it exceed its memory limit; the kernel kills it, Docker starts it again,
    later each time, and the next bomb waits in the queue.
    """

    name = "poison pdf"
    profile = POISONED_RUSH

    def confirm(self, site: Site) -> Confirmation:
        """Ask the engine whether a worker died and was restarted."""
        seen = site.stack.run(CRASHES % site.stack.descriptor.roles["worker"]).output.split()
        restarts = [int(word) for word in seen if word.isdigit()]
        return Confirmation(
            ok=bool(restarts) and max(restarts) > 0,
            channel="docker inspect",
            expected="workers killed and restarted",
            seen=f"restarts of the replicas: {restarts}",
        )
