"""The metrics count what this run did; the health suite checks that they exist, with their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checks.cleanup import kinds
from checks.smoke.api import unknown_job
from checks.smoke.upload import journey
from checks.target import target_of
from drills.checks import CheckFailed, CheckSuite, Pace, Skipped, check, get
from drills.common.prometheus_text import Exposition, parse
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.checks import CheckContext

JOBS: Final = "pdf_jobs_total"
DURATION: Final = "pdf_processing_duration_seconds_count"
REQUESTS: Final = "http_request_duration_seconds_count"
LOOKS: Final = 8
"""An address may stand for several replicas, and only the one that did something has counted it."""


@check(
    "jobs are counted",
    suite=CheckSuite.SMOKE,
    clauses=("ME-05",),
    needs="worker_url",
    expected="completed jobs, and how long they took, by type and status",
    next_step="open /metrics of each pdf-worker, and read its log",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(journey,),
    pace=Pace.ANY,
)
def jobs_counted(context: CheckContext) -> str:
    """Look for the jobs of this run."""
    if not context.artifacts.noted(kinds.JOB):
        raise Skipped("no upload of this run that could have been counted")
    for look in _looks(context, target_of(context).worker_url):
        count = _count(look, JOBS)
        if count and _count(look, DURATION):
            return f"{count:g} completed by this worker"
    raise CheckFailed(f"no completed job, with its type, in {JOBS} and {DURATION}")


@check(
    "errors are counted",
    suite=CheckSuite.SMOKE,
    clauses=("ME-04",),
    needs="backend_url",
    expected="a count of the answers with 404",
    next_step="count every response and not only the good ones: an error rate that cannot rise raises no alert",
    level=2,
    incident=Quantity.ERROR_RATE,
    after=(unknown_job,),
    pace=Pace.ANY,
)
def errors_counted(context: CheckContext) -> str:
    """Look for a refused request of another check."""
    for look in _looks(context, target_of(context).backend_url):
        refused = [one for one in look.named(REQUESTS) if one.labels.get("status") == "404"]
        if any(one.value > 0 for one in refused):
            return f"{len(refused)} routes with 404"
    raise CheckFailed(f"no {REQUESTS} with status 404")


def _count(look: Exposition, name: str) -> float:
    """Return how many completed jobs of a known type the metric has counted."""
    completed = [one for one in look.named(name) if one.labels.get("status") == "completed" and one.labels.get("type")]
    return sum(one.value for one in completed)


def _looks(context: CheckContext, url: str | None) -> Iterator[Exposition]:
    """Yield what one replica after the other exposes, as they take turns."""
    for _ in range(LOOKS):
        answer = get(context.target, url, "/metrics")
        try:
            yield parse(answer.text, answer.headers.get("content-type", ""))
        except ValueError as error:
            raise CheckFailed(f"/metrics: {error}") from None
