"""What must last: an upload that was accepted, also when its worker dies while it parses. In a sandbox only."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

from checks import schedules
from checks.smoke.replicas.configured import at_the_queue
from checks.smoke.upload import journey
from checks.smoke.upload_client import OK as FOUND
from checks.smoke.upload_client import accepted, end_of, send
from drills.checks import CheckFailed, CheckSuite, Pace, Skipped, body, check, client, connect_redis, expect, new_tag
from drills.checks.health.containers import PROJECT, engine
from drills.checks.health.queue import key, workers_at
from drills.common.waiting import wait_until
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from drills.checks import CheckContext

DONE: Final = (204, 304)
TRIES: Final = 3
"""How often a job may end before its worker does."""
TAKEN_S: Final = 10.0
BACK_S: Final = 60.0  # a lock and two looks for stalled jobs, as the contract gives them; then the parsing itself
POLL_S: Final = 0.01


@check(
    "job of a dead worker",
    suite=CheckSuite.SLOW,
    needs=("front_url", "sandbox", "engine_url", "project", "redis_url", "queue"),
    expected="a job whose worker was killed while it parsed to be completed by another",
    next_step="read the workers' logs for stalled jobs, and the queue's settings of its locks",
    level=1,
    incident=Quantity.QUEUE_DEPTH,
    after=(journey, at_the_queue),
    pace=Pace.ANY,
    writes=True,
    disruptive=True,
    clauses=("QU-05", "QU-07"),
)
def job_of_a_dead_worker(context: CheckContext) -> str:
    """Kill the workers at the moment at which one of them parses our upload, start them again, and wait for its end."""
    patient = context.target.changed(deadline_s=context.target.deadline_s + BACK_S)
    with client(context.target, context.target.front_url) as http:
        for _ in range(TRIES):
            tag = new_tag()
            job = accepted(context, send(context, http, f"{tag}.pdf", schedules.faculty_pdf(tag)), "test")
            with _dead_workers(context) as number:
                status = body(expect(http.get(f"/api/jobs/{job}"), FOUND)).get("status")
            if status != "processing":
                continue  # it had ended before its worker did
            if end_of(http, patient, job) != "completed":
                raise CheckFailed(f"job {job} failed after its worker was killed once")
            events = body(expect(http.get(f"/api/jobs/{job}/result"), FOUND)).get("events")
            if not isinstance(events, list) or len(events) != schedules.FACULTY_ROWS:
                raise CheckFailed(f"job {job} completed without all of its {schedules.FACULTY_ROWS} events")
            return f"job {job} completed, although {number} workers were killed while it was parsed"
    raise Skipped(f"{TRIES} times, the job had ended before its worker did")


@contextmanager
def _dead_workers(context: CheckContext) -> Iterator[int]:
    """Kill every worker as soon as the queue has an active job; they are started again when the block ends."""
    with connect_redis(context.target) as store, engine(context.target) as api, ExitStack() as undo:
        found = _containers_at(api, context, set(workers_at(context, store)))
        for container in found:
            undo.callback(_sent, api, container, "start")
        wait_until(
            lambda: store.llen(key(context, "active")),
            deadline_s=TAKEN_S,
            poll_s=POLL_S,
            expected="a worker to take the job",
            where=context.target.name,
            next_step="read the workers' logs",
        )
        for container in found:
            _sent(api, container, "kill")
        yield len(found)


def _containers_at(api: httpx.Client, context: CheckContext, addresses: set[str]) -> list[str]:
    """Return the project's containers that have one of the *addresses*."""
    params = {"filters": f'{{"label":["{PROJECT}={context.target.project}"]}}'}
    listed: list[dict[str, Any]] = expect(api.get("/containers/json", params=params), FOUND).json()
    found = [str(one["Id"]) for one in listed if addresses & _addresses(one)]
    if len(found) != len(addresses):
        raise CheckFailed(f"{len(found)} containers for workers at {len(addresses)} addresses")
    return found


def _addresses(container: dict[str, Any]) -> set[str]:
    networks = (container.get("NetworkSettings") or {}).get("Networks") or {}
    return {str(network.get("IPAddress")) for network in networks.values()}


def _sent(api: httpx.Client, container: str, order: str) -> None:
    expect(api.post(f"/containers/{container}/{order}"), *DONE)
