"""The consumer of the queue: one BullMQ worker, whose processor takes a job from its file to its events."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import psycopg
from bullmq import Worker
from prometheus_client import Counter, Histogram
from psycopg_pool import PoolTimeout

from stack.services.common.queue import ATTEMPTS, QUEUE, redis_client
from stack.services.common.storage import StorageError
from stack.services.worker.tables import LAYOUTS, ScheduleError

if TYPE_CHECKING:
    from bullmq import Job

    from stack.services.common.storage import Storage
    from stack.services.worker.isolation import Parser
    from stack.services.worker.parser import Schedule
    from stack.services.worker.rows import Rows
    from stack.services.worker.settings import Settings

JOBS = Counter("pdf_jobs_total", "Jobs that ended.", ("type", "status"))
DURATION = Histogram(
    "pdf_processing_duration_seconds",
    "Time of one attempt, from taking the job to its end.",
    ("type", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
for _kind, _status in product(LAYOUTS, ("completed", "failed")):
    JOBS.labels(_kind, _status)  # from 0, or the first of each would be missed by a rate
ANSWER_S = 15.0  # BullMQ waits up to 10 s inside Redis for a delayed job
BLOCK_S = 2
RECONNECT_MS = 500
log = logging.getLogger("pdf-worker")


@dataclass(frozen=True)
class Ticket:
    """The data of a queued job."""

    id: str
    key: str
    kind: str

    @classmethod
    def of(cls, job: Job) -> Ticket:
        """Read the job's data."""
        return cls(job.data["jobId"], job.data["s3Key"], job.data["pdfType"])


class Consumer:
    """Takes jobs as they come until `close`."""

    def __init__(self, settings: Settings, rows: Rows, storage: Storage, parser: Parser) -> None:
        self._rows = rows
        self._storage = storage
        self._parser = parser
        self._background: set[asyncio.Task[None]] = set()
        options = {
            "connection": redis_client(settings.stores, answer_within_s=ANSWER_S),
            "concurrency": settings.parsing.concurrency,
            "drainDelay": BLOCK_S,
            "runRetryDelay": RECONNECT_MS,
            "lockDuration": settings.lock_ms,
            "stalledInterval": settings.stalled_ms,
            "maxStalledCount": settings.max_stalled,
            "autorun": False,
        }
        self._worker = Worker(QUEUE, self._process, options)
        self._worker.on("failed", self._on_failed)
        self._worker.on("stalled", lambda job_id: log.warning("queue entry %s stalled, it waits again", job_id))
        self._worker.on("error", lambda error, *_: log.error("queue: %s: %s", type(error).__name__, error))

    async def run(self) -> None:
        """Consume until cancelled; without Redis, try again."""
        while True:
            try:
                await self._worker.run()
            except Exception as error:  # noqa: BLE001 — whatever ended the loop, the worker must go on
                log.error("queue: the consumer stopped: %s: %s", type(error).__name__, error)  # noqa: TRY400
            await asyncio.sleep(RECONNECT_MS / 1000)

    async def _process(self, job: Job, _token: str) -> str:
        ticket = Ticket.of(job)
        attempt = job.attemptsMade + 1
        started_s = time.perf_counter()
        status = "failed"
        try:
            outcome = await self._attempt(ticket, attempt)
            status = "completed"
        except Exception as error:
            await self._give_up(ticket, attempt, error)
            raise
        finally:
            DURATION.labels(ticket.kind, status).observe(time.perf_counter() - started_s)
        return outcome

    async def _attempt(self, ticket: Ticket, attempt: int) -> str:
        if not await self._rows.begin(ticket.id):
            log.warning("job %s: no row waits for it, dropped", ticket.id)
            return "dropped"
        content = await self._storage.get(ticket.key)
        log.info(
            "job %s: attempt %s of %s, parsing %s bytes (%s)", ticket.id, attempt, ATTEMPTS, len(content), ticket.kind
        )
        schedule: Schedule = await self._parser.parse(content)
        await self._rows.complete(ticket.id, schedule)
        JOBS.labels(ticket.kind, "completed").inc()
        await self._delete(ticket)
        log.info("job %s: completed, %s events", ticket.id, len(schedule.events))
        return "completed"

    async def _give_up(self, ticket: Ticket, attempt: int, error: Exception) -> None:
        """Mark what a failed attempt means for the job: another one, or its end."""
        reason = str(error) if isinstance(error, ScheduleError | StorageError) else f"{type(error).__name__}: {error}"
        log.error("job %s: attempt %s of %s failed: %s", ticket.id, attempt, ATTEMPTS, reason)
        if attempt < ATTEMPTS:
            try:
                await self._rows.retry_later(ticket.id)
            except (psycopg.Error, PoolTimeout) as problem:
                log.warning("job %s: not marked as pending: %s", ticket.id, problem)
            return
        await self._end(ticket, reason)

    async def _end(self, ticket: Ticket, reason: str) -> None:
        await self._rows.fail(ticket.id, reason)
        JOBS.labels(ticket.kind, "failed").inc()
        await self._delete(ticket)

    async def _delete(self, ticket: Ticket) -> None:
        try:
            await self._storage.delete(ticket.key)
        except StorageError as error:
            log.warning("job %s: its file stays: %s", ticket.id, error)

    def _on_failed(self, job: Job, error: Exception) -> None:
        """End the row of a job that BullMQ failed without asking the processor: it stalled too often."""
        if getattr(job, "deferredFailure", None):
            task = asyncio.ensure_future(self._end(Ticket.of(job), str(error)))
            self._background.add(task)
            task.add_done_callback(self._background.discard)
