"""Describe one request of a client, and which answers are in order; nothing is sent here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from drills.load.client import Answer, text

METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
FIRST_REFUSAL: Final = 400
Judge = Callable[[Answer], str | None]
"""Returns what is wrong with an answer, or None."""


@dataclass(frozen=True)
class Request:
    """One request to make, and the *judge* of its answer.

    `op` is its name in the ledger, `route` the path without what differs from one request to the next. `about` is the
    id of what is asked about; `deserves` is what should become of the thing that a good answer acknowledges. `then`
    makes the request that follows a good answer, as a browser follows a redirect.
    """

    op: str
    method: str
    route: str
    judge: Judge
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    about: str | None = None
    deserves: str = ""
    then: Callable[[Answer], Request | None] | None = None


def plain_request(operation: str) -> Request:
    """Return the request of an operation such as "GET /health" or "GET /gone 404".

    Without a status at its end, every answer below 400 is in order. Raises ValueError for any other text.
    """
    method, _, rest = operation.partition(" ")
    path, _, status = rest.partition(" ")
    if method not in METHODS or not path.startswith("/") or (status and not status.isdecimal()):
        raise ValueError(f'an operation is written like "GET /path" or "GET /path 404", not {operation!r}')
    judge = _exactly(int(status)) if status else _below_refusal
    return Request(operation, method, path.partition("?")[0], judge, path)


def _below_refusal(answer: Answer) -> str | None:
    fine = answer.status is not None and answer.status < FIRST_REFUSAL
    return None if fine else saw(answer, f"a status below {FIRST_REFUSAL}")


def _exactly(status: int) -> Judge:
    return lambda answer: None if answer.status == status else saw(answer, str(status))


def saw(answer: Answer, expected: str) -> str:
    """Return what is wrong with an answer that is not the *expected* one."""
    return f"expected {expected}, saw {answer.status} {text(answer.body)}"
