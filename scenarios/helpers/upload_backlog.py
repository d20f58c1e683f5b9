"""A burst of uploads that leaves more jobs waiting than the runbook allows, and goes on; the base of several faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault
from drills.faults.thresholds import threshold
from drills.runbook.model import Quantity
from load.profiles import BURST
from load.upload_burst import UploadBurst
from scenarios.helpers import job_queue, students

if TYPE_CHECKING:
    from threading import Thread

    from drills.drill.system import System
    from drills.load.ledger import Promise
    from load.profiles import StudentProfile

FILL_DEADLINE_S = 90.0
OVERFILL = 1.04
"""The queue is filled up to this multiple of the alert's threshold: each job beyond it has to be worked off."""
PENDING = "SELECT count(*) FROM jobs WHERE status = 'pending'"


class UploadBacklog(Fault):
    """Upload until the queue is over the alert's threshold, and then go on faster than the workers work.

    It is no fault itself: its subclasses say why the workers do not keep up. As the uploads go on whatever is done to
    the stack, no backlog ends by itself.
    """

    profile: StudentProfile = BURST

    def __init__(self) -> None:
        self._burst: UploadBurst | None = None
        self._rate_rps = self.profile.rate_rps
        self._filled = 0
        self._queued: tuple[str, ...] = ()

    def inject(self, system: System) -> None:
        """Fill the queue, and go on."""
        self._fill(system, self._new_burst(system))

    def confirm(self, system: System) -> Confirmation:
        """Ask Postgres, not the queue, how many jobs are pending."""
        waiting = system.count_rows(PENDING)
        return Confirmation(
            ok=waiting > may_wait(system),
            channel="table jobs",
            expected=f"more than {may_wait(system):.0f} pending jobs",
            seen=f"{waiting} of them",
        )

    def reapply_load(self, system: System) -> None:  # noqa: ARG002 - the burst knows its address
        """Upload as many files as filled the queue the first time, and go on; all of that ended for the loss audit."""
        if self._burst is None:
            return
        before, enough = len(self._burst.jobs), self._burst.answered + self._filled
        if self._filled:
            self._upload_until(self._burst, enough)
        self._queued = self._burst.jobs[before:]
        self._burst.go_on(self._rate_rps)

    def worked_off(self, system: System) -> bool:
        """Ask Postgres whether all files of the second burst have ended."""
        return not self._queued or system.count_rows(students.OPEN, list(self._queued)) == 0

    def acknowledged(self) -> tuple[Promise, ...]:
        """Return every upload that was accepted; the uploads end first, so that the audit knows all of them."""
        if self._burst is None:
            return ()
        self._burst.stop()
        return self._burst.promises

    def background_threads(self) -> tuple[Thread, ...]:
        """Return the clients that upload."""
        return self._burst.clients if self._burst else ()

    def stop(self) -> None:
        """End the uploads."""
        if self._burst:
            self._burst.stop()

    def _new_burst(self, system: System) -> UploadBurst:
        self._burst = UploadBurst(system.target.front_url, self.profile)
        return self._burst

    def _fill(self, system: System, burst: UploadBurst) -> None:
        enough = may_wait(system) * OVERFILL
        with system.redis() as redis:
            burst.until(
                lambda: int(redis.llen(job_queue.key(system, "wait"))) >= enough,
                deadline_s=FILL_DEADLINE_S,
                expected=f"{enough:.0f} waiting jobs",
            )
        self._filled = burst.answered
        burst.go_on(self._rate_rps)

    @staticmethod
    def _upload_until(burst: UploadBurst, enough: int) -> None:
        burst.until(
            lambda: burst.answered >= enough, deadline_s=FILL_DEADLINE_S, expected=f"{enough} uploads that are answered"
        )


def may_wait(system: System) -> float:
    """Return how many jobs may wait: the threshold of the alert on the queue's depth, incident 4 of the runbook."""
    return threshold(system, Quantity.QUEUE_DEPTH)
