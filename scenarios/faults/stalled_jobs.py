"""Jobs that are listed as running and that no worker works on, in a queue that lets only so many run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from drills.common.waiting import wait_until
from drills.drill.scenario import Confirmation
from drills.faults.configuration import settings
from load.profiles import BURST, Content
from load.upload_burst import UploadBurst
from scenarios.helpers import job_queue, services
from scenarios.helpers.upload_backlog import FILL_DEADLINE_S, UploadBacklog

if TYPE_CHECKING:
    from drills.drill.system import System
    from drills.load.ledger import Promise

HOUR_MS = 3_600_000
SPARE = 2
"""Long files beyond the workers' slots: while some of them wait, every slot is taken until the workers are killed."""
KILL = "docker inspect -f '{{{{.State.Pid}}}}' $(docker-compose ps -q {}) | xargs kill -9"


class StalledJobs(UploadBacklog):
    """Kill all workers while each of their slots has a job.

    The jobs stay in the list of running ones. BullMQ looks for such jobs, but here only once an hour, and the queue's
    global concurrency counts them: healthy workers get nothing from a full queue.
    """

    name = "stalled jobs"

    def __init__(self) -> None:
        super().__init__()
        self._long: tuple[Promise, ...] = ()
        self._slots = 0

    def prepare(self, system: System) -> None:
        """Let no more jobs run than the workers have slots, and look for stalled ones once an hour."""
        settings.change(system, WORKER_STALLED_MS=HOUR_MS)
        services.recreate(system, "worker")
        self._slots = int(settings.read(system, "WORKER_REPLICAS")) * int(settings.read(system, "WORKER_CONCURRENCY"))
        with system.redis() as redis:
            redis.hset(job_queue.key(system, "meta"), "concurrency", str(self._slots))

    def inject(self, system: System) -> None:
        """Fill every slot with a long file, kill the workers, and go on uploading."""
        with UploadBurst(system.target.front_url, replace(BURST, usual=Content.FACULTY)) as long_files:
            long_files.send(self._slots + SPARE)
            self._long = long_files.promises
        self._await_full_slots(system)
        system.stack.sandbox.check_output(KILL.format(system.service("worker")))
        super().inject(system)

    def confirm(self, system: System) -> Confirmation:
        """Read in Redis which of the running jobs have a worker: it holds their lock."""
        with system.redis() as redis:
            running = [job_queue.text(job) for job in redis.lrange(job_queue.key(system, "active"), 0, -1)]
            stalled = [job for job in running if not redis.exists(job_queue.key(system, f"{job}:lock"))]
        return Confirmation(
            ok=len(stalled) == self._slots,
            channel="locks in Redis",
            expected=f"{self._slots} running jobs without a worker, as many as may run",
            seen=f"{len(stalled)} of {len(running)}",
        )

    def acknowledged(self) -> tuple[Promise, ...]:
        """Return the jobs that stalled among all others."""
        return (*self._long, *super().acknowledged())

    def _await_full_slots(self, system: System) -> None:
        active = job_queue.key(system, "active")
        with system.redis() as redis:
            wait_until(
                lambda: int(redis.llen(active)),
                done=lambda running: running >= self._slots,
                deadline_s=FILL_DEADLINE_S,
                expected=f"{self._slots} running jobs",
                where=f"Redis, {active}",
                next_step=f"docker logs {system.service('worker')} --tail 50",
            )
