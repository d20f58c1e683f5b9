"""As many backends and workers as are configured: at the queue, and in Prometheus, which asks each by itself."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from redis.exceptions import NoPermissionError

from checks.target import target_of, to_the_letter
from drills.checks import CheckFailed, CheckSuite, Observation, Skipped, check, connect_redis, prometheus_api
from drills.checks.health.monitoring import prometheus_targets
from drills.checks.health.queue import IDLE_S, worker_connections, workers, workers_at
from drills.common.waiting import WaitTimeout, wait_until
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import Check, CheckContext

LATE_S: Final = 3.0
BACKEND_METRIC: Final = "queue_jobs_waiting"
WORKER_METRIC: Final = "pdf_jobs_total"
"""The metrics, by the contract, of which each backend and each worker has its own."""


@check(
    "workers at the queue",
    suite=CheckSuite.HEALTH,
    needs=("redis_url", "queue", "workers"),
    expected="as many workers of the queue {queue} as are configured, {workers}, each of which asks for jobs",
    next_step="read the log of each worker of {queue}: one that is healthy may still take no jobs",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(workers,),
    clauses=("RE-01", "RE-02"),
)
def at_the_queue(context: CheckContext) -> Observation:
    """Count the addresses from which the queue is asked for jobs."""
    with connect_redis(context.target) as store:
        try:
            found, connections = workers_at(context, store), worker_connections(context, store)
        except NoPermissionError:
            raise Skipped("this user may not list the clients of Redis") from None
    asking = [host for host, idle_s in found.items() if idle_s <= context.target.deadline_s + IDLE_S]
    if len(found) < int(target_of(context).workers or 0) <= len(connections) and not to_the_letter(context):
        raise Skipped(f"{len(connections)} connections of workers from {len(found)} addresses: some share an address")
    if len(asking) != target_of(context).workers:
        raise CheckFailed(f"{len(asking)} workers ask for jobs instead of {target_of(context).workers}")
    return Observation(f"{len(asking)} workers", {"workers_at_queue": len(asking)})


def _measured(context: CheckContext, metric: str, needed: str) -> str:
    """Say which replicas Prometheus gets *metric* from; raises CheckFailed unless they are as many as configured."""
    wanted: int = getattr(target_of(context), needed)
    found: dict[str, float] = {}

    def complete() -> bool:
        found.clear()
        found.update(instances(context, metric))
        return len(found) == wanted

    with suppress(WaitTimeout):  # a replica whose answer was late once has no value until the next
        wait_until(
            complete,
            deadline_s=LATE_S,
            expected=f"{metric} of {wanted} replicas",
            where=str(context.target.prometheus_url),
            next_step="open /targets on Prometheus",
        )
    if len(found) != wanted:
        raise CheckFailed(f"{metric} of {len(found)} instead of {wanted}: {', '.join(sorted(found)) or 'none'}")
    return ", ".join(sorted(found))


def _replicas(name: str, metric: str, needed: str) -> Check:
    return check(
        f"{name} that are measured",
        suite=CheckSuite.HEALTH,
        needs=("prometheus_url", needed),
        expected=f"{metric} of each of the {name} that are configured, {{{needed}}}",
        next_step=f"list the containers of the {name}, and open /targets on Prometheus",
        level=3,
        incident=Quantity.HEALTH,
        after=(prometheus_targets,),
        clauses=("RE-01",),
    )(partial(_measured, metric=metric, needed=needed))


backends_measured = _replicas("backends", BACKEND_METRIC, "backends")
workers_measured = _replicas("workers", WORKER_METRIC, "workers")


def instances(context: CheckContext, expression: str) -> dict[str, float]:
    """Return the sum of *expression* for each instance of which Prometheus has it now."""
    with prometheus_api(context.target) as api:
        rows = api.query(f"sum by (instance) ({expression})")
    return {str(row["metric"].get("instance")): float(row["value"][1]) for row in rows}
