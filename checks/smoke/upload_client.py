"""One upload from its request to the end of its job: sent again after each 429, noted, and followed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from checks.cleanup import kinds
from checks.schedules.comparison import require_events
from checks.smoke.statuses import MADE, made
from checks.target import to_the_letter
from drills.checks import CheckFailed, body, expect, patiently, tag_in
from drills.common.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from checks.schedules import Expected
    from drills.checks import CheckContext, Target

OK: Final = 200
PDF: Final = "application/pdf"
POLL_S: Final = 0.1
SLOWER: Final = 0.25
"""Each pause is this share of the time waited so far: 30 requests in a minute, of the 100 that an address may send."""
ENDED: Final = ("completed", "failed")


def send(
    context: CheckContext, http: httpx.Client, name: str, content: bytes | None, media: str = PDF
) -> httpx.Response:
    """Return the answer to an upload of *content*, None for a form without a file; what is accepted is noted."""
    tag = tag_in(name)
    if tag is not None:
        context.artifacts.note(kinds.UPLOAD, tag)
    files = None if content is None else {"file": (name, content, media)}
    answer = patiently(context.target, lambda: http.post("/api/upload", files=files))
    job = _uuid(answer) if answer.status_code in MADE else None
    if job is not None:
        context.artifacts.note(kinds.JOB, job)
    return answer


def accepted(context: CheckContext, answer: httpx.Response, kind: str) -> str:
    """Return the id of the job that was made of an upload; raises CheckFailed where it was taken for another *kind*.

    By the letter, the answer says for which.
    """
    found = body(expect(answer, *made(context)))
    if found.get("pdfType", None if to_the_letter(context) else kind) != kind:
        raise CheckFailed(f"a {kind} schedule was taken for {found.get('pdfType')!r}")
    job = _uuid(answer)
    if job is None:
        raise CheckFailed(f"no job id in {found}")
    return job


def end_of(http: httpx.Client, target: Target, job: str) -> str:
    """Return how the job ended: completed or failed; raises WaitTimeout after `target.deadline_s`."""
    began = time.monotonic()
    return wait_until(
        lambda: str(body(expect(http.get(f"/api/jobs/{job}"), OK)).get("status")),
        done=lambda status: status in ENDED,
        deadline_s=target.deadline_s,
        poll_s=lambda _: max(POLL_S, SLOWER * (time.monotonic() - began)),
        expected=f"job {job} to be completed",
        where=target.front_url,
        next_step="read the pdf-worker's log",
    )


def completed(http: httpx.Client, target: Target, job: str) -> float:
    """Return after how many seconds the job was completed; raises CheckFailed when it failed."""
    began = time.monotonic()
    if end_of(http, target, job) == "failed":
        raise CheckFailed(f"job {job} failed")
    return time.monotonic() - began


def events_of(context: CheckContext, http: httpx.Client, job: str, wanted: Sequence[Expected]) -> list[dict[str, Any]]:
    """Return the events of a completed job; raises CheckFailed unless they are *wanted*, each time one asks."""
    first, again = (body(expect(http.get(f"/api/jobs/{job}/result"), OK)) for _ in range(2))
    if first != again:
        raise CheckFailed(f"another result of job {job} when it was asked for again")
    if first.get("id", None if to_the_letter(context) else job) != job:
        raise CheckFailed(f"the result of job {job} has the id {first.get('id')!r}")
    return require_events(first.get("events"), wanted, as_written=to_the_letter(context))


def _uuid(answer: httpx.Response) -> str | None:
    try:
        return str(UUID(body(answer).get("jobId")))
    except (CheckFailed, TypeError, ValueError, AttributeError):
        return None
