"""The loss audit of this system: the clients' ledger compared with what the system says of jobs and sessions."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import httpx

from drills.checks.result import CheckFailed
from drills.drill.loss_audit import Audit, AuditError
from drills.record.events import End, Loss
from load.completions import CompletionWatcher
from load.job_ends import DONE_TWICE, INCIDENT, JOBS_LOST, ROWS_LOST, completion_ends, job_ends
from load.job_states import unfinished
from load.sessions import Sessions, open_sessions
from load.settling import settle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from drills.checks.target import Target
    from drills.load.ledger import Promise

SESSIONS: Final = 10
SESSIONS_LOST: Final = "sessions lost"
PROMISED: Final = (JOBS_LOST, DONE_TWICE, SESSIONS_LOST, ROWS_LOST)
SETTLE_S: Final = 100.0
"""How long an acknowledged job may take to end: two stalled checks of 30 s each, three attempts with their back-off."""
SESSIONS_S: Final = 15.0
"""How long all sessions together may take to be looked for."""


class ScheduleAudit:
    """The account of one arm: sessions that students hold, uploads that were acknowledged, completions they saw."""

    promised = PROMISED
    settle_s = SETTLE_S

    def __init__(self, target: Target) -> None:
        self._target = target
        self._completions = CompletionWatcher(target.redis_url or "", target.queue or "")
        self._sessions = Sessions({})
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(self._completions)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def open(self) -> None:
        """Sign in SESSIONS students, whose sessions the audit looks for again; raises AuditError when one cannot."""
        try:
            self._sessions = self._open.enter_context(open_sessions(self._target, SESSIONS))
        except (httpx.HTTPError, CheckFailed) as error:
            raise AuditError(f"expected {SESSIONS} sign-ins to succeed in the steady state, saw: {error}") from None

    def audit(self, promises: Sequence[Promise], acted_at: float) -> Audit:
        """Compare the acknowledged jobs with what became of them within `settle_s` seconds; raises AuditError."""
        try:
            states = settle(self._target, [promise.id for promise in promises], self.settle_s)
            ends = (
                *job_ends(promises, states, self._completions.failed_at(), acted_at),
                *completion_ends(promises, self._completions.counts()),
                *session_ends(len(self._sessions), self._sessions.alive(SESSIONS_S)),
            )
        except (RuntimeError, httpx.HTTPError, CheckFailed) as error:
            raise AuditError(str(error)) from None
        held = {JOBS_LOST: len(promises), ROWS_LOST: len(promises), SESSIONS_LOST: len(self._sessions)}
        return Audit(losses(ends, held), ends, unfinished(states))


def losses(ends: Sequence[End], held: Mapping[str, int]) -> tuple[Loss, ...]:
    """Return what was lost by these ends, of so many that were *held*; pure."""
    return tuple(
        Loss(
            kind=kind,
            count=sum(end.count for end in ends if end.loss == kind),
            of=held.get(kind),
            promised=kind in PROMISED,
        )
        for kind in (*PROMISED, INCIDENT)
    )


def session_ends(before: int, after: int) -> tuple[End, ...]:
    """Return how many sessions of those that were open *before* are, and are not; pure."""
    lost = max(0, before - after)
    return (
        End(what="sessions", end="signed in as before", count=before - lost, loss=None),
        End(what="sessions", end="signed out", count=lost, loss=SESSIONS_LOST),
    )
