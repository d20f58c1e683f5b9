"""A full cache in a Redis that refuses every write, while jobs wait there for their next attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.common.waiting import wait_until
from drills.faults.configuration import settings
from drills.faults.redis import redis_out_of_memory as catalogue
from scenarios.helpers import job_queue, services, uploads

if TYPE_CHECKING:
    from drills.drill.system import System
    from drills.load.ledger import Promise

CACHE = "cache:result:"
"""The prefix of the keys of cached results: the runbook's solution deletes `cache:*`."""
WAITING_JOBS = 3
BACKOFF_MS = 5000
RETRY_DEADLINE_S = 4.0


class RedisOutOfMemory(catalogue.RedisOutOfMemory):
    """Fill Redis with cached results while some jobs wait for their next attempt, which a solution may lose."""

    def __init__(self) -> None:
        super().__init__(CACHE)
        self._jobs: tuple[Promise, ...] = ()

    def prepare(self, system: System) -> None:
        """Create the backend's container anew: what its log says of an earlier arm would hide this one.

        Jobs wait as long between their attempts as in production, which is time enough to fill Redis meanwhile.
        """
        settings.change(system, JOB_BACKOFF_MS=BACKOFF_MS)
        services.recreate(system, "backend")

    def inject(self, system: System) -> None:
        """Let some jobs fail once, then fill Redis."""
        self._jobs = uploads.corrupt(system, WAITING_JOBS)
        _await_retries(system)
        super().inject(system)

    def acknowledged(self) -> tuple[Promise, ...]:
        """Return the jobs that were waiting when Redis was full."""
        return self._jobs


def _await_retries(system: System) -> None:
    """Return when all these jobs have failed once and wait for their next attempt; raises WaitTimeout."""
    delayed = job_queue.key(system, "delayed")
    with system.redis() as redis:
        wait_until(
            lambda: int(redis.zcard(delayed)),
            done=lambda count: count >= WAITING_JOBS,
            deadline_s=RETRY_DEADLINE_S,
            expected=f"{WAITING_JOBS} jobs in back-off",
            where=f"Redis, {delayed}",
            next_step=f"docker logs {system.service('worker')} --tail 50",
        )
