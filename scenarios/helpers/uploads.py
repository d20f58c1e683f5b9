"""Uploads that a fault itself makes; a helper, and no fault itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from checks import schedules
from drills.common.client_addresses import random_address
from drills.load.ledger import Promise
from drills.sandbox.errors import SandboxError
from load.expected_end import FAILED

if TYPE_CHECKING:
    from drills.drill.system import System

TIMEOUT_S = 10.0


def corrupt(system: System, count: int) -> tuple[Promise, ...]:
    """Upload *count* schedules that are accepted and then fail each of their three attempts; returns their jobs.

    Raises SandboxError when one is not accepted.
    """
    with httpx.Client(base_url=system.target.front_url, timeout=TIMEOUT_S) as client:
        return tuple(Promise(accepted(client, schedules.corrupt_pdf()), FAILED) for _ in range(count))


def new_address() -> dict[str, str]:
    """Return the headers of a client at an address that no rate limit has counted before."""
    return {"X-Forwarded-For": random_address()}


def accepted(client: httpx.Client, content: bytes) -> str:
    """Upload *content* and return the id of its job; raises SandboxError when it is not accepted."""
    files = {"file": ("schedule.pdf", content, "application/pdf")}
    try:
        answer = client.post("/api/upload", files=files, headers=new_address())
    except httpx.HTTPError as error:
        raise SandboxError(f"expected an upload to be accepted, saw {error!r}") from None
    if answer.status_code != httpx.codes.CREATED:
        raise SandboxError(f"expected 201 for an upload, saw {answer.status_code}: {answer.text[:200]}")
    return str(answer.json()["jobId"])
