"""The loss audit of this system: the clients' ledger compared with what the system says of jobs and sessions."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

import httpx
import psycopg

from drills.checks.clients import client
from drills.checks.definition import in_words
from drills.checks.result import CheckFailed
from drills.common.waiting import WaitTimeout, wait_until
from drills.drill.loss_audit import Audit, AuditError
from drills.load.ledger import acknowledged, failed
from load.completions import CompletionWatcher
from load.sessions import Sessions, open_sessions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Self

    from drills.checks.target import Target
    from drills.load.ledger import Row

ENDED: Final = frozenset({"completed", "failed"})
ASKERS: Final = 4  # threads; more of them would be a load on the audited system
POLL_S: Final = 0.5
IDLE_S: Final = 4.0
SESSIONS: Final = 10
SETTLE_S: Final = 100.0
"""How long an acknowledged job may take to end: two stalled checks of 30 s each, three attempts with their back-off."""
OK: Final = 200
NOT_FOUND: Final = 404


class ScheduleAudit:
    """The account of one arm: sessions that students hold, uploads that were acknowledged, completions they saw."""

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

    def audit(self, rows: Sequence[Row], others: Iterable[str]) -> Audit:
        """Compare the acknowledged jobs with what became of them within `settle_s` seconds; raises AuditError."""
        others = tuple(others)
        jobs = [*acknowledged(rows), *others]
        try:
            statuses = settle(self._target, jobs, self.settle_s)
            found = losses(
                rows,
                statuses,
                self._completions.counts(),
                others=others,
                sessions_before=len(self._sessions),
                sessions_after=self._sessions.alive(),
            )
        except (RuntimeError, httpx.HTTPError, CheckFailed) as error:
            raise AuditError(str(error)) from None
        return Audit(asdict(found), {"jobs": len(jobs), "sessions": len(self._sessions)}, unfinished(statuses))


@dataclass(frozen=True)
class Losses:
    """What the clients lost, in counts; no job is counted as both `jobs` and `rows`.

    `jobs`: accepted and known, but neither completed nor failed. `rows`: accepted, and the system does not know
    them. `duplicates`: completions beyond the first one of a job. `sessions`: signed in before, not after.
    `requests_failed`: requests that did not get what the contract promises.
    """

    jobs: int
    duplicates: int
    sessions: int
    rows: int
    requests_failed: int

    @property
    def none(self) -> bool:
        """Whether nothing that was promised is gone; a failed request promised nothing."""
        return not (self.jobs or self.duplicates or self.sessions or self.rows)


def losses(  # noqa: PLR0913 - each keyword is a count or an account of its own
    rows: Iterable[Row],
    final_status: Mapping[str, str | None],
    completions: Mapping[str, int],
    *,
    sessions_before: int,
    sessions_after: int,
    others: Iterable[str] = (),
) -> Losses:
    """Compare the ledger with what the system says; pure. `others` are jobs acknowledged outside of the ledger.

    `final_status` has an entry for every acknowledged job, None for one the system does not know; `completions`
    counts how often each job was completed. Raises AuditError for an acknowledged job without an entry: a job that was
    not looked up is not a lost one.
    """
    rows = tuple(rows)
    promised = tuple(dict.fromkeys([*acknowledged(rows), *others]))
    unasked = [job for job in promised if job not in final_status]
    if unasked:
        raise AuditError(
            f"{len(unasked)} acknowledged jobs were not looked up, {unasked[0]} first; look up all of them."
        )
    return Losses(
        jobs=sum(1 for job in promised if final_status[job] is not None and final_status[job] not in ENDED),
        duplicates=sum(max(0, completions.get(job, 0) - 1) for job in promised),
        sessions=max(0, sessions_before - sessions_after),
        rows=sum(1 for job in promised if final_status[job] is None),
        requests_failed=len(failed(rows)),
    )


def unfinished(final_status: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return the jobs that are neither completed nor failed, unknown ones included."""
    return tuple(job for job, status in final_status.items() if status not in ENDED)


def settle(target: Target, jobs: Iterable[str], deadline_s: float) -> dict[str, str | None]:
    """Wait until every job is completed or failed, `deadline_s` seconds at most, and return their last status.

    Jobs that are still open then are returned as they are, and count as lost. So are those that are open when the
    queue has been empty for IDLE_S seconds: a job that no queue holds does not end. Raises AuditError when the system
    does not answer at the deadline.
    """
    known: dict[str, str | None] = dict.fromkeys(jobs)
    problem: AuditError | None = None
    busy_at = time.monotonic()

    def all_ended() -> bool:
        nonlocal problem, busy_at
        try:
            known.update(final_status(target, unfinished(known)))
        except AuditError as error:
            problem = error
            return False
        problem = None
        if not _queue_is_empty(target):
            busy_at = time.monotonic()
        return not unfinished(known) or time.monotonic() - busy_at >= IDLE_S

    try:
        wait_until(
            all_ended,
            deadline_s=deadline_s,
            poll_s=POLL_S,
            expected="all acknowledged jobs to end",
            where=target.name,
            next_step="read the pdf-worker's log",
        )
    except WaitTimeout:
        if problem:
            raise problem from None
    return known


def _queue_is_empty(target: Target) -> bool:
    """Tell whether no job waits, runs or is delayed; a system that does not say so is not taken for idle."""
    try:
        with client(target, target.front_url) as http:
            return bool(http.get("/api/jobs/metrics").json()["total"] == 0)
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False


def final_status(target: Target, jobs: Iterable[str]) -> dict[str, str | None]:
    """Return the status of each job now, None for one that the system does not know.

    One query when the target has a Postgres DSN, GET /api/jobs/:id otherwise. Raises AuditError when any of them
    could not be learned.
    """
    wanted = tuple(jobs)
    if not wanted:
        return {}
    if target.postgres_dsn is not None:
        return _from_postgres(target, target.postgres_dsn, wanted)
    with ThreadPoolExecutor(ASKERS) as pool:
        return dict(zip(wanted, pool.map(lambda job: _from_api(target, job), wanted), strict=True))


def _from_postgres(target: Target, dsn: str, jobs: tuple[str, ...]) -> dict[str, str | None]:
    seconds = max(2, round(target.timeout_s))
    # A database without an encoding would return bytes, and no id would match: every job would look lost.
    query = "SELECT id::text, status::text FROM jobs WHERE id = ANY(%s)"
    try:
        with psycopg.connect(dsn, connect_timeout=seconds, client_encoding="utf8") as connection:
            found: dict[str, str] = dict(connection.execute(query, ([UUID(job) for job in jobs],)).fetchall())
    except psycopg.Error as error:
        raise AuditError(_blind(target, "Postgres", error)) from None
    return {job: found.get(job) for job in jobs}


def _from_api(target: Target, job: str) -> str | None:
    try:
        with client(target, target.front_url) as http:
            answer = http.get(f"/api/jobs/{job}")
            if answer.status_code == NOT_FOUND:
                return None
            if answer.status_code == OK:
                return str(answer.json()["status"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise AuditError(_blind(target, f"job {job}", error)) from None
    raise AuditError(
        f"expected 200 or 404 for job {job} at {target.front_url}, saw {answer.status_code}; is the backend healthy?"
    )


def _blind(target: Target, what: str, error: Exception) -> str:
    seen = target.redact(in_words(error, target))
    return f"expected {what} of {target.name} to say what became of the jobs, saw: {seen}; nothing can be judged."
