"""Jobs that are listed as running and that nobody works on, in a queue that lets no more than so many run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from drills.common.waiting import wait_until
from drills.drill.scenario import Confirmation
from load.profiles import RUSH, Content
from load.upload_burst import UploadBurst
from scenarios.faults import settings
from scenarios.faults.backlog import FILL_DEADLINE_S, Backlog, text

if TYPE_CHECKING:
    from drills.drill.system import System

HOUR_MS = 3_600_000
SPARE = 2
"""Long files beyond the crew's slots: while some of them wait, every slot stays taken until the crew is killed."""
POWER_CUT = "docker inspect -f '{{.State.Pid}}' $(docker-compose ps -q %s) | xargs kill -9"


class StalledJobs(Backlog):
    """Cut the power of all workers while each of their slots is busy.

    The jobs stay in the list of running ones. BullMQ looks for such jobs, but here only once an hour, and the queue's
    global concurrency counts them: healthy workers stand before a full queue and get nothing from it.
    """

    name = "stalled jobs"

    def __init__(self) -> None:
        super().__init__()
        self._long: tuple[str, ...] = ()
        self._slots = 0

    def prepare(self, system: System) -> None:
        """Let no more jobs run than the workers have room for, and have them look for stalled ones once an hour."""
        settings.change(system, WORKER_STALLED_MS=HOUR_MS)
        settings.apply(system, "worker")
        self._slots = int(settings.value(system, "WORKER_REPLICAS")) * int(settings.value(system, "WORKER_CONCURRENCY"))
        with system.redis() as redis:
            redis.hset(f"bull:{system.stack.descriptor.queue}:meta", "concurrency", str(self._slots))

    def inject(self, system: System) -> None:
        """Have a long file in every slot, cut the power, and let the students go on."""
        with UploadBurst(system.target.front_url, replace(RUSH, usual=Content.FACULTY)) as longer:
            longer.send(self._slots + SPARE)
            self._long = longer.jobs
        self._await_full_slots(system)
        system.stack.sandbox.check_output(POWER_CUT % system.service("worker"))
        super().inject(system)

    def confirm(self, system: System) -> Confirmation:
        """Read in Redis which of the running jobs have a worker: it holds their lock."""
        queue = f"bull:{system.stack.descriptor.queue}"
        with system.redis() as redis:
            running = [text(job) for job in redis.lrange(f"{queue}:active", 0, -1)]
            abandoned = [job for job in running if not redis.exists(f"{queue}:{job}:lock")]
        return Confirmation(
            ok=len(abandoned) == self._slots,
            channel="locks in Redis",
            expected=f"{self._slots} running jobs without a worker, as many as may run",
            seen=f"{len(abandoned)} of {len(running)}",
        )

    def acknowledged(self) -> tuple[str, ...]:
        """Return the jobs that stalled among all others."""
        return (*self._long, *super().acknowledged())

    def _await_full_slots(self, system: System) -> None:
        active = f"bull:{system.stack.descriptor.queue}:active"
        with system.redis() as redis:
            wait_until(
                lambda: int(redis.llen(active)),
                done=lambda running: running >= self._slots,
                deadline_s=FILL_DEADLINE_S,
                expected=f"{self._slots} running jobs",
                where=f"Redis, {active}",
                next_step="docker logs pdf-worker --tail 50",
            )
