"""The journey of one schedule: uploaded, parsed by a worker, asked for as events, taken home as a calendar."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from icalendar import Calendar

from checks import schedules
from checks.probe import Pace, Room, probe
from checks.reading import Unexpected
from checks.waiting import wait_until
from checks.web import body, brief, client, expect

if TYPE_CHECKING:
    import httpx

    from checks.target import Target
    from checks.visit import Visit

OK: Final = 200
CREATED: Final = 201
POLL_S: Final = 0.65  # below the contract's limit of 100 requests a minute and route
SEMESTER: Final = timedelta(weeks=14)
_COMPARED: Final = ("module", "activity", "day", "startTime", "endTime", "venue")


@probe(
    "journey",
    room=Room.SMOKE,
    needs="front_url",
    expected="an uploaded schedule to come back as its own events and as a calendar",
    next_step="read the pdf-worker's log, then the queue metrics",
    level=2,
    incident=4,
    essential=True,
    pace=Pace.JOB,
    writes=True,
)
def journey(visit: Visit) -> str:
    """Send a schedule through every part of the system. This writes: one job stays behind."""
    token = uuid4().hex[:8].upper()
    with client(visit.target, visit.target.front_url) as http:
        job = _upload(http, token)
        seconds = _wait_for(http, visit.target, job)
        events = _events(http, job, token)
        count = _calendar(http, events)
    return f"job {job} completed in {seconds:.1f} s: {len(events)} events, {count} in the calendar"


def _upload(http: httpx.Client, token: str) -> str:
    files = {"file": (f"{token}.pdf", schedules.lecture_pdf(token), "application/pdf")}
    found = body(expect(http.post("/api/upload", files=files), CREATED))
    if found.get("pdfType") != "lecture":
        raise Unexpected(f"a lecture schedule was taken for {found.get('pdfType')!r}")
    try:
        return str(UUID(found.get("jobId")))
    except (TypeError, ValueError, AttributeError):
        raise Unexpected(f"no job id in {found}") from None


def _wait_for(http: httpx.Client, target: Target, job: str) -> float:
    began = time.monotonic()

    def status() -> str:
        found = str(body(expect(http.get(f"/api/jobs/{job}"), OK)).get("status"))
        if found == "failed":
            raise Unexpected(f"job {job} failed")
        return found

    wait_until(
        status,
        done=lambda found: found == "completed",
        deadline_s=target.deadline_s,
        poll_s=POLL_S,
        expected=f"job {job} to be completed",
        where=target.front_url,
        next_step="read the pdf-worker's log",
    )
    return time.monotonic() - began


def _events(http: httpx.Client, job: str, token: str) -> list[dict[str, Any]]:
    events = body(expect(http.get(f"/api/jobs/{job}/result"), OK)).get("events")
    if not isinstance(events, list) or not events:
        raise Unexpected(f"no events of job {job}")
    found = {tuple(event.get(key) for key in _COMPARED) for event in events}
    wanted = {
        (one.module, one.activity, one.day, one.start, one.end, one.venue) for one in schedules.expected_lectures(token)
    }
    if found != wanted:
        raise Unexpected(f"other events than those of the schedule: missing {wanted - found}, added {found - wanted}")
    return events


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
        raise Unexpected(f"200 with no calendar: {brief(answer)}") from None
    weekly = [event for event in found if event.get("RRULE")]
    if len(weekly) != len(events):
        raise Unexpected(f"{len(weekly)} weekly events in the calendar of {len(events)} lectures")
    return len(weekly)


def _wish(event: dict[str, Any]) -> dict[str, Any]:
    keys = ("id", "startTime", "endTime", "day", "isRecurring")
    named = {"summary": f"{event.get('module')} {event.get('activity')}", "location": event.get("venue")}
    return {key: event.get(key) for key in keys} | named
