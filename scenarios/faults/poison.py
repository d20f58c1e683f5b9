"""A rush of uploads in which some files kill the worker that parses them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from checks.waiting import WaitTimeout, wait_until
from load.ledger import acknowledged
from load.profiles import RUSH
from load.traffic import Traffic
from scenarios.drill.scenario import Confirmation, Fault
from stack.errors import StackError

if TYPE_CHECKING:
    from scenarios.drill.site import Site

FILL_DEADLINE_S = 90.0
OVERFILL = 1.1
"""The rush goes on to this multiple of the alert's threshold, so that the alert does not depend on the last job."""
CRASHES = "docker inspect -f '{{.RestartCount}}' $(docker-compose ps -aq %s)"


class PoisonPdf(Fault):
    """Upload schedules in a rush, one in ten a decompression bomb, until the queue is over the threshold.

    Each bomb makes the worker that opens it exceed its memory limit; the kernel kills it, Docker starts it again,
    later each time, and the next bomb waits in the queue.
    """

    name = "poison pdf"
    undo: tuple[str, ...] = ()  # healing restores the settings and empties queue and tables

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="rush-")
        self._rush: Traffic | None = None
        self._jobs: tuple[str, ...] = ()

    def inject(self, site: Site) -> None:
        """Rush until more jobs wait than the alert allows."""
        folder = Path(self._folder.name)
        enough = site.book.incident(4).alert.threshold.value * OVERFILL
        self._rush = Traffic(site.target.front_url, RUSH, folder / "ledger-rush.jsonl", folder / "locust.log")
        with self._rush, site.redis() as redis:
            try:
                wait_until(
                    lambda: redis.llen(f"bull:{site.stack.descriptor.queue}:wait"),
                    done=lambda waiting: waiting >= enough,
                    deadline_s=FILL_DEADLINE_S,
                    expected=f"{enough:.0f} waiting jobs",
                    where="the queue, during the rush of uploads",
                    next_step="docker logs pdf-worker --tail 50: perhaps the workers keep up",
                )
            except WaitTimeout as timeout:
                raise StackError(str(timeout)) from None
            finally:
                self._jobs = acknowledged(self._rush.rows())
        self._jobs = acknowledged(self._rush.rows())

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

    def acknowledged(self) -> tuple[str, ...]:
        """Return every upload of the rush that was accepted, bombs included: they too must end, as failed."""
        return self._jobs

    def stop(self) -> None:
        """End the rush, if it still goes on, and drop its ledger."""
        if self._rush:
            self._rush.stop()
        self._folder.cleanup()
