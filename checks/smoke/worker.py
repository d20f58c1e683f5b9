"""Parsing on request, which the pdf-worker offers to other services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checks import schedules
from checks.schedules.comparison import require_events
from checks.target import target_of, to_the_letter
from drills.checks import CheckFailed, CheckSuite, Skipped, body, brief, check, client, expect, new_tag
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

OK: Final = 200
BAD_REQUEST: Final = 400
NOT_OFFERED: Final = (404, 405, 501)


@check(
    "parsing on request",
    suite=CheckSuite.SMOKE,
    clauses=("PR-01", "SC-07", "SC-15"),
    needs="worker_url",
    expected="the kind and the events of a schedule",
    next_step="read the pdf-worker's log",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
)
def parsing(context: CheckContext) -> str:
    """Have a schedule parsed at once, twice; the worker keeps nothing of it."""
    tag = new_tag()
    first, again = (parsed(context, schedules.test_pdf(tag)) for _ in range(2))
    if first.get("type") != "test":
        raise CheckFailed(f"a test schedule was taken for {first.get('type')!r}")
    events = require_events(first.get("events"), schedules.expected_tests(tag), as_written=to_the_letter(context))
    if again != first:
        raise CheckFailed(f"other events the second time: {again.get('events')} after {events}")
    return f"{len(events)} events, the same again"


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
    return refused(context, b"no PDF")


def parsed(context: CheckContext, content: bytes, within_s: float | None = None) -> dict[str, Any]:
    """Return what a worker finds in a schedule; raises CheckFailed when it finds none.

    It may take *within_s* seconds, without them as long as any request.
    """
    answer = _parse(context, content, within_s)
    if answer.status_code in NOT_OFFERED and not to_the_letter(context):
        raise Skipped("this worker parses nothing on request")
    return body(expect(answer, OK))


def refused(context: CheckContext, content: bytes, within_s: float | None = None) -> str:
    """Return why a worker refuses a file; raises CheckFailed when it does not, or does not say why."""
    answer = expect(_parse(context, content, within_s), BAD_REQUEST)
    detail = body(answer).get("detail")
    if not isinstance(detail, dict) or not detail.get("error") or not detail.get("details"):
        raise CheckFailed(f"400 without detail, error and details: {brief(answer)}")
    return str(detail["error"])


def _parse(context: CheckContext, content: bytes, within_s: float | None) -> httpx.Response:
    file = (f"{new_tag()}.pdf", content, "application/pdf")
    with client(context.target, target_of(context).worker_url) as http:
        return http.post("/parse", files={"file": file}, timeout=within_s or context.target.timeout_s)
