"""Schedules that take a worker seconds: many events, many pages, and the same file twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from checks import schedules
from checks.schedules.kinds import MOST_PAGES, WHOLE, pages_of
from checks.schedules.occurrences import Span
from checks.smoke.kinds import read
from checks.smoke.upload import calendar_of
from checks.smoke.upload_client import accepted, completed, events_of, send
from checks.smoke.worker import refused
from drills.checks import CheckFailed, CheckSuite, Pace, check, client, new_tag
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks import CheckContext

MONTH: Final = timedelta(weeks=4)


@check(
    "two hundred events",
    suite=CheckSuite.JOURNEY,
    clauses=WHOLE.clauses,
    needs="front_url",
    expected="every event of ten pages, in order, and a calendar with each of them every week",
    next_step="compare the result with the job's row in Postgres, then with the pdf-worker's log",
    level=2,
    incident=Quantity.QUEUE_DEPTH,
    pace=Pace.JOB,
    writes=True,
)
def two_hundred_events(context: CheckContext) -> str:
    """Send the schedule of a student who takes everything. This writes a job, which the clean-up removes."""
    tag, month = new_tag(), Span(date(2026, 3, 2), date(2026, 3, 2) + MONTH)
    with client(context.target, context.target.front_url) as http:
        job = accepted(context, send(context, http, f"{tag}.pdf", schedules.pdf_of(WHOLE, tag)), WHOLE.type)
        seconds = completed(http, context.target, job)
        events = events_of(context, http, job, WHOLE.expected(tag))
        count = calendar_of(context, WHOLE.type, events, WHOLE.expected(tag), month)
    return f"job {job} completed in {seconds:.1f} s: {len(events)} events, {count} times in a month"


@check(
    "same file twice",
    suite=CheckSuite.JOURNEY,
    clauses=("UP-08", "SC-15"),
    needs="front_url",
    expected="two jobs, with the same events and ids",
    next_step="read the pdf-worker's log for both jobs",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    pace=Pace.JOB,
    writes=True,
)
def same_file_twice(context: CheckContext) -> str:
    """Send one file twice. This writes two jobs, which the clean-up removes."""
    tag = new_tag()
    with client(context.target, context.target.front_url) as http:
        jobs = [accepted(context, send(context, http, f"{tag}.pdf", schedules.exam_pdf(tag)), "exam") for _ in range(2)]
        if jobs[0] == jobs[1]:
            raise CheckFailed(f"both uploads became the job {jobs[0]}")
        for job in jobs:
            completed(http, context.target, job)
        first, second = (events_of(context, http, job, schedules.expected_exams(tag)) for job in jobs)
    if first != second:
        raise CheckFailed(f"{second} the second time, after {first}")
    return f"jobs {' and '.join(jobs)}, {len(first)} events each"


@check(
    "hundred pages",
    suite=CheckSuite.JOURNEY,
    clauses=("SC-08", "SC-14"),
    needs="worker_url",
    expected="the event of each page",
    next_step="compare the pdf-worker's limit of pages with the contract",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    pace=Pace.JOB,
)
def hundred_pages(context: CheckContext) -> str:
    """Have a file parsed that is as long as one may be."""
    return read(context, pages_of(MOST_PAGES), context.target.deadline_s)


@check(
    "one page too many",
    suite=CheckSuite.JOURNEY,
    clauses=("SC-14", "PR-02"),
    needs="worker_url",
    expected="400 with an error and its details",
    next_step="compare the pdf-worker's limit of pages with the contract",
    level=4,
    incident=Quantity.QUEUE_DEPTH,
    pace=Pace.JOB,
)
def one_page_too_many(context: CheckContext) -> str:
    """Have a file parsed that is longer than one may be."""
    return refused(context, schedules.pdf_of(pages_of(MOST_PAGES + 1), new_tag()), context.target.deadline_s)
