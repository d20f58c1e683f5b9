"""Files that must not become a job: the backend refuses each at once, with the documented status."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from checks import schedules
from checks.smoke.refusals import refusal_of
from checks.smoke.statuses import made, refused
from checks.smoke.upload_client import PDF, accepted, end_of, send
from drills.checks import CheckFailed, CheckSuite, Pace, check, client, expect, new_tag, said
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks import Check, CheckContext

BAD_REQUEST: Final = 400
OTHER: Final = "text/plain"
MOST_BYTES: Final = 10 * schedules.MIB  # the contract's limit for a file
Content = tuple[bytes | None, str]


def truncated_pdf() -> bytes:
    """Return the first half of a schedule."""
    whole = schedules.lecture_pdf(new_tag())
    return whole[: len(whole) // 2]


def large_pdf() -> bytes:
    """Return a schedule with one byte more than is accepted; readers of PDF ignore what follows its end."""
    whole = schedules.lecture_pdf(new_tag())
    return whole + b" " * (MOST_BYTES + 1 - len(whole))


def _refused(content: Callable[[], Content], named: str, context: CheckContext) -> str:
    with client(context.target, context.target.front_url) as http:
        answer = expect(send(context, http, f"{new_tag()}.pdf", *content()), *refused(context, BAD_REQUEST))
    return refusal_of(context, answer, named)


def _never_completed(content: Callable[[], Content], context: CheckContext) -> str:
    """Say how the file was refused: by the backend at once, or by the worker that could not read it."""
    with client(context.target, context.target.front_url) as http:
        answer = send(context, http, f"{new_tag()}.pdf", *content())
        if answer.status_code not in made(context):
            return said(expect(answer, *refused(context, BAD_REQUEST)))
        job = accepted(context, answer, "lecture")
        if end_of(http, context.target, job) == "completed":
            raise CheckFailed(f"job {job} completed, of a file that cannot be read")
    return f"accepted as job {job}, which failed"


def _refusal(name: str, content: Callable[[], Content], clauses: tuple[str, ...], next_step: str, named: str) -> Check:
    """Return the check of a file that is refused at once, with *named* in the message of a system by the letter."""
    return check(
        f"upload of {name}",
        suite=CheckSuite.SMOKE,
        clauses=clauses,
        needs="front_url",
        expected="400",
        next_step=next_step,
        level=3,
        incident=Quantity.QUEUE_DEPTH,
        pace=Pace.ANY,
        writes=True,
    )(partial(_refused, content, named))


def _unreadable(name: str, content: Callable[[], Content], clause: str) -> Check:
    return check(
        f"upload of {name}",
        suite=CheckSuite.SMOKE,
        clauses=(clause,),
        needs="front_url",
        expected="400, or a job that fails",
        next_step="upload such a file by hand and read the log of the backend, then the pdf-worker's",
        level=3,
        incident=Quantity.QUEUE_DEPTH,
        pace=Pace.ANY,
        writes=True,
    )(partial(_never_completed, content))


no_file = _refusal(
    "no file", lambda: (None, PDF), ("UP-02", "ER-03"), "have the backend refuse a form without a file", "file"
)
no_pdf = _refusal(
    "no PDF",
    lambda: (b"Lectures\n", OTHER),
    ("UP-03", "ER-03"),
    "have the backend refuse a file whose content is no PDF",
    OTHER,
)
empty = _refusal("an empty file", lambda: (b"", PDF), ("UP-05",), "have the backend refuse a file without content", "")
large = _refusal(
    "a file too large",
    lambda: (large_pdf(), PDF),
    ("UP-04", "ER-03"),
    "compare the limit of the gateway (client_max_body_size) with the backend's",
    f"{MOST_BYTES // schedules.MIB} MiB",
)
truncated = _unreadable("a truncated file", lambda: (truncated_pdf(), PDF), "UP-05")
encrypted = _unreadable("an encrypted file", lambda: (schedules.encrypted_pdf(), PDF), "UP-06")
