"""What became of the jobs, against what their files deserve."""

from __future__ import annotations

import pytest

from drills.drill.loss_audit import AuditError
from drills.load.ledger import Promise
from drills.record.events import End
from load.expected_end import FAILED, OF_CONTENT, OF_KIND, completed, events_in
from load.job_ends import (
    COMPLETED,
    COMPLETED_OTHERWISE,
    DONE_TWICE,
    FAILED_BEFORE,
    FAILED_OTHERWISE,
    INCIDENT,
    JOBS_LOST,
    MISSING,
    ROWS_LOST,
    UNFINISHED,
    completion_ends,
    job_ends,
)
from load.job_ends import FAILED as FAILED_RIGHTLY
from load.job_states import State
from load.loss_audit import PROMISED, SESSIONS_LOST, losses, session_ends
from load.profiles import Content
from load.student_requests import upload

ACTED_AT = 1000.0
GOOD, POISON = Promise("good", completed(3)), Promise("poison", FAILED)


def ended(promise: Promise, state: State | None, failed_at: float | None = None) -> list[str]:
    """Return how the one job ended."""
    given_up = {} if failed_at is None else {promise.id: failed_at}
    ends = job_ends([promise], {promise.id: state}, given_up, ACTED_AT)
    return [end.end for end in ends if end.count]


@pytest.mark.parametrize(
    ("promise", "state", "end"),
    [
        (GOOD, State("completed", 3), COMPLETED),
        (GOOD, State("completed", 2), COMPLETED_OTHERWISE),
        (GOOD, State("completed", None), COMPLETED_OTHERWISE),
        (GOOD, State("failed", None, "it was enough"), FAILED_OTHERWISE),
        (GOOD, State("pending"), UNFINISHED),
        (GOOD, State("processing"), UNFINISHED),
        (GOOD, None, MISSING),
        (POISON, State("failed", None, "the parser died on this file"), FAILED_RIGHTLY),
        (POISON, State("failed", None, None), FAILED_OTHERWISE),
        (POISON, State("completed", 0), COMPLETED_OTHERWISE),
        (POISON, State("completed", None), COMPLETED_OTHERWISE),
        (POISON, State("pending"), UNFINISHED),
        (POISON, None, MISSING),
    ],
)
def test_each_job_is_held_to_what_its_file_deserves(promise: Promise, state: State | None, end: str) -> None:
    assert ended(promise, state) == [end]


def test_what_the_queue_gave_up_before_the_first_command_is_the_incidents_damage() -> None:
    failed = State("failed", None, "not read within 1 s")
    assert ended(GOOD, failed, ACTED_AT - 0.1) == [FAILED_BEFORE]
    assert ended(GOOD, failed, ACTED_AT) == [FAILED_OTHERWISE]


def test_a_job_that_failed_before_and_was_read_after_all_is_no_damage() -> None:
    assert ended(GOOD, State("completed", 3), ACTED_AT - 5) == [COMPLETED]


def test_a_job_marked_as_failed_that_no_worker_gave_up_was_thrown_away() -> None:
    """The row alone says nothing of when and by whom; the queue's events do."""
    assert ended(GOOD, State("failed", None, "cleared")) == [FAILED_OTHERWISE]


def test_every_end_is_there_and_they_add_up() -> None:
    promises = [Promise(str(number), completed(1)) for number in range(4)]
    states = {"0": State("completed", 1), "1": State("failed", None, "x"), "2": None, "3": State("pending")}
    ends = job_ends(promises, states, {}, ACTED_AT)
    assert sum(end.count for end in ends) == 4
    assert {end.loss for end in ends} == {None, JOBS_LOST, ROWS_LOST, INCIDENT}
    assert {loss.kind: loss.count for loss in losses(ends, {})} == {
        JOBS_LOST: 2,
        DONE_TWICE: 0,
        SESSIONS_LOST: 0,
        ROWS_LOST: 1,
        INCIDENT: 0,
    }


def test_only_what_was_promised_is_a_broken_promise() -> None:
    found = losses((), {JOBS_LOST: 4, SESSIONS_LOST: 2})
    assert {loss.kind for loss in found if loss.promised} == set(PROMISED)
    assert {loss.kind: loss.of for loss in found if loss.of is not None} == {JOBS_LOST: 4, SESSIONS_LOST: 2}


def test_job_that_was_not_looked_up_is_an_error_and_not_a_loss() -> None:
    with pytest.raises(AuditError, match="1 acknowledged jobs were not looked up, poison first"):
        job_ends([GOOD, POISON], {"good": None}, {}, ACTED_AT)


@pytest.mark.parametrize("deserves", ["", "completed", "completed with many events"])
def test_promise_without_an_end_that_it_deserves_is_an_error(deserves: str) -> None:
    with pytest.raises(AuditError, match="job a: expected 'failed with a reason' or 'completed with 3 events'"):
        job_ends([Promise("a", deserves)], {"a": State("completed", 3)}, {}, ACTED_AT)


def test_second_and_third_completion_are_duplicates() -> None:
    first, again = completion_ends([GOOD, POISON], {"good": 3, "poison": 1, "other": 2})
    assert (first.count, first.loss) == (2, None)
    assert (again.count, again.loss) == (2, DONE_TWICE)


@pytest.mark.parametrize(("after", "lost"), [(10, 0), (4, 6), (12, 0)])
def test_lost_sessions_are_the_difference_and_never_negative(after: int, lost: int) -> None:
    kept, gone = session_ends(10, after)
    assert (kept.count, gone) == (
        10 - lost,
        End(what="sessions", end="signed out", count=lost, loss=SESSIONS_LOST),
    )


def test_every_upload_says_what_its_file_deserves() -> None:
    assert {content: events_in(upload(content).deserves) for content in OF_CONTENT} == {
        Content.SHORT: 1,
        Content.FACULTY: 80,
        Content.POISON: None,
    }
    assert {kind: events_in(upload(Content.GOOD, kind).deserves) for kind in OF_KIND} == {
        "lecture": 3,
        "test": 2,
        "exam": 2,
    }
