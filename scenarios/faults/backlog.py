"""A rush of uploads that leaves more jobs waiting than the runbook allows, and goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault
from load.profiles import RUSH
from load.upload_burst import UploadBurst
from scenarios.faults import crew, settings

if TYPE_CHECKING:
    from threading import Thread

    from drills.drill.system import System
    from load.profiles import StudentProfile

FILL_DEADLINE_S = 90.0
OVERFILL = 1.04
"""The rush is at its height up to this multiple of the alert's threshold: each job beyond it has to be worked off."""
CREW_CPUS = 0.15
"""Share of a core that each worker of a small crew may use: five to fourteen short files a second, as machines go."""
PENDING = "SELECT count(*) FROM jobs WHERE status = 'pending'"
NO_CREW = settings.REMOVE.format("pdf-worker")
"""A crew is resized from nothing: scaling down, Compose may leave any of the replicas, starting anew the first ones."""


class Backlog(Fault):
    """Upload until the queue is over the alert's threshold, and then go on faster than the crew works.

    Why the crew does not keep up is what the faults of this kind differ in. As the uploads go on whatever is done to
    the stack, no backlog goes away by itself.
    """

    profile: StudentProfile = RUSH

    def __init__(self) -> None:
        self._rush: UploadBurst | None = None
        self._rate_rps = self.profile.rate_rps

    def inject(self, system: System) -> None:
        """Fill the queue, and go on."""
        self._fill(system, self._rush_at(system))

    def confirm(self, system: System) -> Confirmation:
        """Ask Postgres, not the queue, how many students wait."""
        waiting = system.count_rows(PENDING)
        return Confirmation(
            ok=waiting > threshold(system),
            channel="table jobs",
            expected=f"more than {threshold(system):.0f} pending jobs",
            seen=f"{waiting} of them",
        )

    def reapply_load(self, system: System) -> None:  # noqa: ARG002 - the rush knows where to go
        """Let the uploads go on, which ended for the account of what became of them."""
        if self._rush:
            self._rush.go_on(self._rate_rps)

    def acknowledged(self) -> tuple[str, ...]:
        """Return every upload that was accepted; whoever asks for the account ends the uploads."""
        if self._rush is None:
            return ()
        self._rush.stop()
        return self._rush.jobs

    def background_threads(self) -> tuple[Thread, ...]:
        """Return the clients that upload."""
        return self._rush.clients if self._rush else ()

    def stop(self) -> None:
        """End the uploads."""
        if self._rush:
            self._rush.stop()

    def _rush_at(self, system: System) -> UploadBurst:
        self._rush = UploadBurst(system.target.front_url, self.profile)
        return self._rush

    def _fill(self, system: System, rush: UploadBurst) -> None:
        enough = threshold(system) * OVERFILL
        with system.redis() as redis:
            rush.until(
                lambda: int(redis.llen(f"bull:{system.stack.descriptor.queue}:wait")) >= enough,
                deadline_s=FILL_DEADLINE_S,
                expected=f"{enough:.0f} waiting jobs",
            )
        rush.go_on(self._rate_rps)


class SmallCrew(Backlog):
    """One small worker where the load of a busy day needs several."""

    name = "small crew"
    undo = (NO_CREW,)
    anew: tuple[str, ...] = ("worker",)

    def prepare(self, system: System) -> None:
        """Size the crew for a quiet day."""
        settings.change(system, WORKER_REPLICAS=1)
        settings.small_workers(system, CREW_CPUS)
        settings.apply(system, *self.anew)
        self._rate_rps = crew.too_much_rps(system)


def threshold(system: System) -> float:
    """Return how many jobs may wait: the alert's threshold, incident 4 of the runbook."""
    return system.runbook.incident(4).alert.threshold.value


def text(value: object) -> str:
    """Return what Redis answered as text; nothing is empty."""
    return value.decode() if isinstance(value, bytes) else str(value or "")
