"""Wait until every acknowledged job has ended, for a time that is limited."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import httpx

from drills.checks.clients import client
from drills.common.waiting import WaitTimeout, wait_until
from drills.drill.loss_audit import AuditError
from load.job_states import job_states, unfinished

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.checks.target import Target
    from load.job_states import States

POLL_S: Final = 0.5
IDLE_S: Final = 4.0
BLIND_S: Final = 20.0
"""How long the system may say nothing of its jobs: it starts again within that, and a fault's lock stays longer."""


def settle(target: Target, jobs: Iterable[str], deadline_s: float) -> States:
    """Wait until every job is completed or failed, `deadline_s` seconds at most, and return where each stands.

    Jobs that are still open then are returned as they are, and count as lost. So are those that are open when the
    queue has been empty for IDLE_S seconds: a job that no queue holds does not end. Raises AuditError when the system
    says nothing for BLIND_S seconds, or at the deadline.
    """
    settling = _Settling(target, jobs)
    try:
        wait_until(
            settling.ended,
            deadline_s=deadline_s,
            poll_s=POLL_S,
            expected="all acknowledged jobs to end",
            where=target.name,
            next_step="read the pdf-worker's log",
        )
    except WaitTimeout:
        if settling.problem:
            raise settling.problem from None
    return settling.known


class _Settling:
    """What is known of the jobs so far."""

    def __init__(self, target: Target, jobs: Iterable[str]) -> None:
        self.known: States = dict.fromkeys(jobs)
        self.problem: AuditError | None = None
        self._target = target
        self._seen_at = self._busy_at = time.monotonic()

    def ended(self) -> bool:
        """Look again; raises AuditError when nothing was learned for too long."""
        try:
            self.known.update(job_states(self._target, unfinished(self.known)))
        except AuditError as error:
            if time.monotonic() - self._seen_at >= BLIND_S:
                raise
            self.problem = error
            return False
        self.problem = None
        self._seen_at = time.monotonic()
        return not unfinished(self.known) or self._idle()

    def _idle(self) -> bool:
        if not _queue_is_empty(self._target):
            self._busy_at = time.monotonic()
        return time.monotonic() - self._busy_at >= IDLE_S


def _queue_is_empty(target: Target) -> bool:
    """Tell whether no job waits, runs or is delayed; a system that does not say so is not taken for idle."""
    try:
        with client(target, target.front_url) as http:
            return bool(http.get("/api/jobs/metrics").json()["total"] == 0)
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False
