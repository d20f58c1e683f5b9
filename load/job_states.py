"""What the system says of its jobs: from its database where that can be reached, from its API otherwise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

import httpx
import psycopg

from drills.checks.clients import client
from drills.checks.definition import in_words
from drills.drill.loss_audit import AuditError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from drills.checks.target import Target

ENDED: Final = frozenset({"completed", "failed"})
ASKERS: Final = 4  # threads; more of them would be a load on the audited system
LOCK_S: Final = 2.0
"""A fault may hold a lock on the table for as long as it lasts: the audit does not wait for that one."""
OK: Final = 200
NOT_FOUND: Final = 404
# A result that is no list of events has none, and must not fail the query for all other jobs.
QUERY: Final = """
    SELECT id::text, status::text,
           CASE WHEN jsonb_typeof(result->'events') = 'array' THEN jsonb_array_length(result->'events') END,
           error
    FROM jobs WHERE id = ANY(%s)
"""


class State(NamedTuple):
    """Where a job stands: its status, the number of its events once it is completed, the reason of its failure."""

    status: str
    events: int | None = None
    error: str | None = None


States = dict[str, State | None]


def unfinished(states: Mapping[str, State | None]) -> tuple[str, ...]:
    """Return the jobs that are neither completed nor failed, unknown ones included."""
    return tuple(job for job, state in states.items() if state is None or state.status not in ENDED)


def job_states(target: Target, jobs: Iterable[str]) -> States:
    """Return where each job stands now, None for one that the system does not know.

    One query when the target has a Postgres DSN, GET /api/jobs/:id and its result otherwise. Raises AuditError when
    any of them could not be learned, within LOCK_S seconds where a lock is in the way.
    """
    wanted = tuple(jobs)
    if not wanted:
        return {}
    if target.postgres_dsn is not None:
        return _from_postgres(target, target.postgres_dsn, wanted)
    with ThreadPoolExecutor(ASKERS) as pool:
        return dict(zip(wanted, pool.map(lambda job: _from_api(target, job), wanted), strict=True))


def _from_postgres(target: Target, dsn: str, jobs: tuple[str, ...]) -> States:
    seconds = max(2, round(target.timeout_s))
    limits = f"-c statement_timeout={seconds}s -c lock_timeout={LOCK_S:g}s"
    # A database without an encoding would return bytes, and no id would match: every job would look lost.
    try:
        with psycopg.connect(dsn, connect_timeout=seconds, client_encoding="utf8", options=limits) as connection:
            rows = connection.execute(QUERY, ([UUID(job) for job in jobs],)).fetchall()
    except psycopg.Error as error:
        raise AuditError(_blind(target, "Postgres", error)) from None
    found = {str(job): State(str(status), events, reason) for job, status, events, reason in rows}
    return {job: found.get(job) for job in jobs}


def _from_api(target: Target, job: str) -> State | None:
    try:
        with client(target, target.front_url) as http:
            answer = http.get(f"/api/jobs/{job}")
            if answer.status_code == NOT_FOUND:
                return None
            if answer.status_code == OK:
                body = answer.json()
                status = str(body["status"])
                events = len(http.get(f"/api/jobs/{job}/result").json()["events"]) if status == "completed" else None
                return State(status, events, body.get("error"))
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise AuditError(_blind(target, f"job {job}", error)) from None
    raise AuditError(
        f"expected 200 or 404 for job {job} at {target.front_url}, saw {answer.status_code}; is the backend healthy?"
    )


def _blind(target: Target, what: str, error: Exception) -> str:
    seen = target.redact(in_words(error, target))
    return f"expected {what} of {target.name} to say what became of the jobs, saw: {seen}; nothing can be judged."
