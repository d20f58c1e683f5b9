"""Uploads of each kind of schedule: parsed by a worker, asked for as events, and the lectures taken home."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from checks import schedules
from checks.schedules.occurrences import Span, require_occurrences
from checks.smoke.statuses import OK, done, refused
from checks.smoke.upload_client import accepted, completed, events_of, send
from drills.checks import CheckSuite, Pace, check, client, expect, new_tag
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from checks.schedules import Expected
    from drills.checks import CheckContext

NOT_COMPLETED: Final = 400
SEMESTER: Final = timedelta(weeks=14)
WISHED: Final = ("id", "startTime", "endTime", "day", "date", "isRecurring")


@check(
    "journey",
    suite=CheckSuite.SMOKE,
    clauses=("UP-01", "JO-04", "JO-07", "SC-01", "SC-05", "SC-06", "SC-07", "CA-02", "CA-04", "CA-05"),
    needs="front_url",
    expected="an uploaded schedule to come back as its own events and as a calendar",
    next_step="read the pdf-worker's log, then the queue metrics",
    level=2,
    incident=Quantity.QUEUE_DEPTH,
    essential=True,
    pace=Pace.JOB,
    writes=True,
)
def journey(context: CheckContext) -> str:
    """Send a schedule through every part of the system. This writes a job, which the clean-up removes."""
    tag, today = new_tag(), datetime.now(UTC).date()
    with client(context.target, context.target.front_url) as http:
        job = accepted(context, send(context, http, f"{tag}.pdf", schedules.lecture_pdf(tag)), "lecture")
        seconds = completed(http, context.target, job)
        events = events_of(context, http, job, schedules.expected_lectures(tag))
        semester = Span(today, today + SEMESTER)
        count = calendar_of(context, "lecture", events, schedules.expected_lectures(tag), semester)
    return f"job {job} completed in {seconds:.1f} s: {len(events)} events, {count} times in the calendar"


@check(
    "test schedule",
    suite=CheckSuite.SMOKE,
    clauses=("UP-01", "JO-04", "JO-05", "JO-07", "SC-02", "SC-04", "SC-06", "SC-07", "CA-03"),
    needs="front_url",
    expected="an uploaded schedule of semester tests to come back as its own events",
    next_step="read the pdf-worker's log",
    level=2,
    incident=Quantity.QUEUE_DEPTH,
    pace=Pace.JOB,
    writes=True,
)
def semester_tests(context: CheckContext) -> str:
    """Send the schedule of semester tests. This writes a job, which the clean-up removes."""
    return _sent(context, "test", schedules.test_pdf, schedules.expected_tests)


@check(
    "exam schedule",
    suite=CheckSuite.SMOKE,
    clauses=("UP-01", "JO-04", "JO-05", "SC-03", "SC-04", "SC-06", "SC-07", "CA-03"),
    needs="front_url",
    expected="an uploaded schedule of exams to come back as its own events",
    next_step="read the pdf-worker's log",
    level=2,
    incident=Quantity.QUEUE_DEPTH,
    pace=Pace.JOB,
    writes=True,
)
def exams(context: CheckContext) -> str:
    """Send the schedule of exams. This writes a job, which the clean-up removes."""
    return _sent(context, "exam", schedules.exam_pdf, schedules.expected_exams)


def _sent(
    context: CheckContext, kind: str, pdf: Callable[[str], bytes], wanted: Callable[[str], tuple[Expected, ...]]
) -> str:
    tag = new_tag()
    with client(context.target, context.target.front_url) as http:
        job = accepted(context, send(context, http, f"{tag}.pdf", pdf(tag)), kind)
        # At once: refused, unless the worker was faster.
        expect(http.get(f"/api/jobs/{job}/result"), OK, *refused(context, NOT_COMPLETED))
        seconds = completed(http, context.target, job)
        events = events_of(context, http, job, wanted(tag))
        days = sorted(date.fromisoformat(one.date or "") for one in wanted(tag))
        count = calendar_of(context, kind, events, wanted(tag), Span(days[0], days[-1]))
    return f"job {job} completed in {seconds:.1f} s: {len(events)} events, {count} in the calendar"


def calendar_of(
    context: CheckContext, kind: str, events: list[dict[str, Any]], wanted: tuple[Expected, ...], semester: Span
) -> int:
    """Return how often the *events* take place in their calendar; raises CheckFailed unless it is the schedule's.

    Of tests and exams, the *semester* is the days from the first of them to the last.
    """
    wish = {
        "events": [_wish(event) for event in events],
        "semesterStart": semester.first.isoformat(),
        "semesterEnd": semester.last.isoformat(),
        "pdfType": kind,
    }
    with client(context.target, context.target.front_url) as http:
        answer = expect(http.post("/api/generate/ics", json=wish), *done(context))
    return require_occurrences(answer.content, wanted, semester)


def _wish(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event of a result as it is sent for a calendar, without the fields that do not apply."""
    named = {"summary": f"{event.get('module')} {event.get('activity')}", "location": event.get("venue")}
    return {key: value for key in WISHED if (value := event.get(key)) is not None} | named
