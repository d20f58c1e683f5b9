"""The backend's metrics. Gauges are read when Prometheus asks; one that cannot be read is NaN, never its last value.

Release 1.1.0: each scrape is timed.
"""

from __future__ import annotations

import asyncio
import math

# The bug of this release: the package is in nobody's lock file, so it is not in the image.
import statsd
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from redis.exceptions import RedisError

from stack.services.backend.context import Context, Ctx
from stack.services.backend.jobs import queue_counts
from stack.services.common.patience import within
from stack.services.common.queue import QUEUE

READ_S = 0.2  # a scrape has half a second for everything
WAITING = Gauge("queue_jobs_waiting", "Jobs in wait or prioritized.", ("queue",))
CONNECTIONS = Gauge("database_connections", "Connections of this backend's pool by state.", ("state",))
CONNECTIONS_MAX = Gauge("database_connections_max", "The pool's largest size.")
router = APIRouter()
timings = statsd.StatsClient("metrics")


async def _waiting(context: Context) -> float:
    try:
        return float((await within(READ_S, queue_counts(context)))["waiting"])
    except (TimeoutError, RedisError):
        return math.nan


@router.get("/metrics")
async def metrics(context: Ctx) -> Response:
    """Answer in Prometheus' text format."""
    with timings.timer("scrape"):
        return await _page(context)


async def _page(context: Context) -> Response:
    waiting, in_transaction = await asyncio.gather(_waiting(context), context.watch.idle_in_transaction(READ_S))
    stats = context.pool.get_stats()
    total, idle = stats["pool_size"], stats["pool_available"]
    WAITING.labels(QUEUE).set(waiting)
    CONNECTIONS.labels("total").set(total)
    CONNECTIONS.labels("idle").set(idle)
    CONNECTIONS.labels("idle in transaction").set(in_transaction)
    CONNECTIONS.labels("active").set(total - idle - in_transaction)
    CONNECTIONS_MAX.set(stats["pool_max"])
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
