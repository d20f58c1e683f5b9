"""Uploads of each kind of schedule: parsed by a worker, asked for as events, and the lectures taken home."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from icalendar import Calendar

from checks import schedules
from checks.smoke.upload_client import accepted, completed, events_of, send
from drills.checks import CheckFailed, CheckSuite, Pace, brief, check, client, expect, new_tag
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from checks.schedules import Expected
    from drills.checks import CheckContext

OK: Final = 200
NOT_COMPLETED: Final = 400
SEMESTER: Final = timedelta(weeks=14)


@check(
    "journey",
    suite=CheckSuite.SMOKE,
    clauses=("UP-01", "JO-04", "SC-01"),
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
    tag = new_tag()
    with client(context.target, context.target.front_url) as http:
        job = accepted(send(context, http, f"{tag}.pdf", schedules.lecture_pdf(tag)), "lecture")
        seconds = completed(http, context.target, job)
        events = events_of(http, job, schedules.expected_lectures(tag))
        count = _calendar(http, events)
    return f"job {job} completed in {seconds:.1f} s: {len(events)} events, {count} in the calendar"


@check(
    "test schedule",
    suite=CheckSuite.SMOKE,
    clauses=("UP-01", "JO-04", "JO-05", "SC-02", "SC-04"),
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
    clauses=("UP-01", "JO-04", "SC-03"),
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
        job = accepted(send(context, http, f"{tag}.pdf", pdf(tag)), kind)
        expect(http.get(f"/api/jobs/{job}/result"), NOT_COMPLETED, OK)  # at once: 400, unless the worker was faster
        seconds = completed(http, context.target, job)
        events = events_of(http, job, wanted(tag))
    return f"job {job} completed in {seconds:.1f} s: {len(events)} events"


def _calendar(http: httpx.Client, events: list[dict[str, Any]]) -> int:
    today = datetime.now(UTC).date()
    wish = {
        "events": [_wish(event) for event in events],
        "semesterStart": today.isoformat(),
        "semesterEnd": (today + SEMESTER).isoformat(),
        "pdfType": "lecture",
    }
    answer = expect(http.post("/api/generate/ics", json=wish), OK)
    try:
        found = Calendar.from_ical(answer.text).walk("VEVENT")
    except ValueError:
        raise CheckFailed(f"200 with no calendar: {brief(answer)}") from None
    weekly = [event for event in found if event.get("RRULE")]
    if len(weekly) != len(events):
        raise CheckFailed(f"{len(weekly)} weekly events in the calendar of {len(events)} lectures")
    return len(weekly)


def _wish(event: dict[str, Any]) -> dict[str, Any]:
    keys = ("id", "startTime", "endTime", "day", "isRecurring")
    named = {"summary": f"{event.get('module')} {event.get('activity')}", "location": event.get("venue")}
    return {key: event.get(key) for key in keys} | named
