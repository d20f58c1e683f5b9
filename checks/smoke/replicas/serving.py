"""Each replica works: every worker takes jobs, every backend answers requests. Prometheus counts each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checks import schedules
from checks.smoke.access.clients import made_up_address, require_believed
from checks.smoke.limits import LIMITED
from checks.smoke.replicas.configured import (
    BACKEND_METRIC,
    WORKER_METRIC,
    backends_measured,
    instances,
    workers_measured,
)
from checks.smoke.upload_client import accepted, completed, send
from drills.checks import CheckFailed, CheckSuite, Pace, check, client, expect, new_tag
from drills.common.waiting import wait_until
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks import CheckContext

OK: Final = 200
ROUNDS: Final = 4
EACH: Final = 3
"""Uploads for each worker, and requests for each backend, in one round."""
SCRAPED_S: Final = 35.0
"""Within this, Prometheus has asked every replica again: half a minute is the longest interval in use."""
REQUESTS: Final = 'http_request_duration_seconds_count{route!~"/metrics|/health.*"}'


@check(
    "each worker takes jobs",
    suite=CheckSuite.SLOW,
    needs=("front_url", "prometheus_url", "workers"),
    expected="some of many uploads to be parsed by each worker",
    next_step="read the log of the worker that took no job; restart it, and count again",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(workers_measured,),
    pace=Pace.ANY,
    writes=True,
    clauses=("RE-02",),
)
def workers_take_jobs(context: CheckContext) -> str:
    """Upload one schedule after the other, until every worker has ended one."""
    require_believed(context)
    return _each(context, WORKER_METRIC, WORKER_METRIC, lambda: _uploaded(context))


@check(
    "each backend serves",
    suite=CheckSuite.SLOW,
    needs=("front_url", "prometheus_url", "backends"),
    expected="some of many requests to be answered by each backend",
    next_step="read the log of the backend that answered none, and where the gateway sends requests",
    level=3,
    incident=Quantity.HEALTH,
    after=(backends_measured,),
    pace=Pace.ANY,
    clauses=("RE-03",),
)
def backends_serve(context: CheckContext) -> str:
    """Send one request after the other, each over a connection of its own, until every backend has answered one."""
    counter = f"{REQUESTS} and on (instance) {BACKEND_METRIC}"
    return _each(context, BACKEND_METRIC, counter, lambda: _asked(context))


def _each(context: CheckContext, metric: str, counter: str, work: Callable[[], None]) -> str:
    """Do *work* until the *counter* of each instance has risen; raises CheckFailed with those that did nothing.

    *metric* is what each instance has from its start: a counter that has counted nothing may have no value.
    """
    counts = instances(context, counter)
    before = {name: counts.get(name, 0.0) for name in instances(context, metric)}
    for done in range(1, ROUNDS + 1):
        for _ in range(EACH * len(before)):
            work()
        counts = _counted(context, counter, sum(before.values()) + done * EACH * len(before))
        idle = sorted(name for name, count in before.items() if counts.get(name, 0.0) <= count)
        if not idle:
            return f"{len(before)} of them: {', '.join(sorted(before))}"
    raise CheckFailed(f"{', '.join(idle)} did nothing of {ROUNDS * EACH * len(before)}")


def _counted(context: CheckContext, counter: str, at_least: float) -> dict[str, float]:
    """Return the counts of the instances once Prometheus has asked them for what was done; raises WaitTimeout."""
    return wait_until(
        lambda: instances(context, counter),
        done=lambda counts: sum(counts.values()) >= at_least,
        deadline_s=SCRAPED_S,
        expected=f"{counter} to count {at_least:g} in all",
        where=str(context.target.prometheus_url),
        next_step="open /metrics of each replica",
    )


def _uploaded(context: CheckContext) -> None:
    """Upload a schedule from an address of its own: an address has five uploads a minute."""
    tag = new_tag()
    with client(context.target, context.target.front_url) as http:
        http.headers["X-Forwarded-For"] = made_up_address(context)
        job = accepted(context, send(context, http, f"{tag}.pdf", schedules.lecture_pdf(tag)), "lecture")
        completed(http, context.target, job)


def _asked(context: CheckContext) -> None:
    with client(context.target, context.target.front_url) as http:
        expect(http.get(LIMITED), OK)
