"""Parsing on request, which the pdf-worker offers to other services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checks import schedules
from checks.target import target_of
from drills.checks import CheckFailed, CheckSuite, body, brief, check, client, expect, new_tag
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

OK: Final = 200
BAD_REQUEST: Final = 400


@check(
    "parsing on request",
    suite=CheckSuite.SMOKE,
    clauses=("PR-01",),
    needs="worker_url",
    expected="the kind and the events of a schedule",
    next_step="read the pdf-worker's log",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
)
def parsing(context: CheckContext) -> str:
    """Have a schedule parsed at once; the worker keeps nothing of it."""
    tag = new_tag()
    found = body(expect(_parse(context, schedules.test_pdf(tag)), OK))
    events = found.get("events")
    if found.get("type") != "test" or not isinstance(events, list):
        raise CheckFailed(f"200 with {found}")
    wanted = len(schedules.expected_tests(tag))
    modules = {event.get("module") for event in events if isinstance(event, dict)}
    if len(events) != wanted or modules != {tag}:
        raise CheckFailed(f"{len(events)} events of {modules} instead of {wanted} of {tag}")
    return f"{wanted} events"


@check(
    "refused parsing",
    suite=CheckSuite.SMOKE,
    clauses=("PR-02",),
    needs="worker_url",
    expected="400 with an error and its details",
    next_step="read the pdf-worker's log",
    level=4,
    incident=Quantity.QUEUE_DEPTH,
)
def refused_parsing(context: CheckContext) -> str:
    """Have a file parsed that is no schedule."""
    answer = expect(_parse(context, b"no PDF"), BAD_REQUEST)
    detail = body(answer).get("detail")
    if not isinstance(detail, dict) or not detail.get("error") or not detail.get("details"):
        raise CheckFailed(f"400 without detail, error and details: {brief(answer)}")
    return str(detail["error"])


def _parse(context: CheckContext, content: bytes) -> httpx.Response:
    with client(context.target, target_of(context).worker_url) as http:
        return http.post("/parse", files={"file": (f"{new_tag()}.pdf", content, "application/pdf")})
