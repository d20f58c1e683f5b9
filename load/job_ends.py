"""How acknowledged jobs ended, compared with what their files deserve; pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from drills.drill.loss_audit import AuditError
from drills.record.events import End
from load.expected_end import events_in
from load.job_states import ENDED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from drills.load.ledger import Promise
    from load.job_states import State

JOBS_LOST: Final = "jobs lost"
ROWS_LOST: Final = "rows lost"
DONE_TWICE: Final = "jobs done twice"
INCIDENT: Final = "jobs failed before the first command"
"""The incident's own damage: no solution can undo what the system had given up, for good, before it was tried."""

MISSING: Final = "missing"
FAILED_BEFORE: Final = "failed otherwise, before the first command"
LOSS_OF: Final = {
    "completed": None,
    "failed as its file deserves": None,
    "completed otherwise than its file deserves": JOBS_LOST,
    "failed otherwise than its file deserves": JOBS_LOST,
    "unfinished": JOBS_LOST,
    MISSING: ROWS_LOST,
    FAILED_BEFORE: INCIDENT,
}
COMPLETED, FAILED, COMPLETED_OTHERWISE, FAILED_OTHERWISE, UNFINISHED, *_ = LOSS_OF


def job_ends(
    promises: Sequence[Promise],
    states: Mapping[str, State | None],
    failed_at: Mapping[str, float],
    acted_at: float,
) -> tuple[End, ...]:
    """Return how many jobs ended in each way.

    `states` has an entry for every job, None for one that the system does not know. `failed_at` says when (epoch
    seconds) the queue gave a job up for good: one that is marked as failed and that no worker gave up was thrown away.
    Raises AuditError for a job without an entry, which is not a lost one, and for a promise without an end it deserves.
    """
    unasked = [promise.id for promise in promises if promise.id not in states]
    if unasked:
        raise AuditError(
            f"{len(unasked)} acknowledged jobs were not looked up, {unasked[0]} first; look up all of them."
        )
    found = Counter(
        _end(promise, states[promise.id], before=failed_at.get(promise.id, acted_at) < acted_at) for promise in promises
    )
    return tuple(End(what="jobs", end=end, count=found[end], loss=loss) for end, loss in LOSS_OF.items())


def _end(promise: Promise, state: State | None, *, before: bool) -> str:
    if state is None:
        return MISSING
    if state.status not in ENDED:
        return UNFINISHED
    try:
        wanted = events_in(promise.deserves)
    except ValueError as error:
        raise AuditError(f"job {promise.id}: {error}") from None
    if state.status == "completed":
        return COMPLETED if wanted is not None and state.events == wanted else COMPLETED_OTHERWISE
    if wanted is None:
        return FAILED if state.error else FAILED_OTHERWISE
    return FAILED_BEFORE if before else FAILED_OTHERWISE


def completion_ends(promises: Sequence[Promise], completions: Mapping[str, int]) -> tuple[End, ...]:
    """Return how many completions were the first of an acknowledged job, and how many came after it."""
    counts = [completions.get(promise.id, 0) for promise in promises]
    first = sum(1 for count in counts if count)
    return (
        End(what="completions", end="the first of a job", count=first, loss=None),
        End(what="completions", end="one more of the same job", count=sum(counts) - first, loss=DONE_TWICE),
    )
