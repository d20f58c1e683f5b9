from typing import Any

import pytest

from checks.journeys.flows import take_schedule_home
from drills.checks import CheckContext, Outcome
from drills.checks.browser.browser import Browser
from tests.helpers.checking import target_at
from tests.helpers.fake_system import Answer, Asked, fake_system
from tests.helpers.journeys import PATIENT_S, go
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.student_system import System


def test_without_an_account_the_journey_does_not_sign_in(browser: Browser) -> None:
    with fake_system(System().answers()) as served:
        check_result = take_schedule_home(
            CheckContext(target_at(served.url, timeout_s=PATIENT_S), OWN_RUNBOOK, browser=browser)
        )
    assert check_result.ok, str(check_result)
    assert "not signed in" in check_result.seen
    assert not any("google" in asked.path for asked in served.asked)


def changed(event: dict[str, Any], **parts: object) -> dict[str, Any]:
    return event | parts


@pytest.mark.parametrize(
    ("break_it", "seen"),
    [
        (lambda events: events[1:], "missing ['L1 Monday 08:30'], added []"),
        (lambda events: [*events, changed(events[0], module="OTHER")], "missing [], added ['OTHER L1"),
        (lambda events: [changed(events[0], venue="Nowhere"), *events[1:]], "missing ['L1 Monday 08:30'], added ['SYN"),
        (lambda _: [], "no event of the schedule"),
    ],
    ids=["missing", "added", "wrong", "none"],
)
def test_events_of_another_schedule_are_seen(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, break_it: Any, seen: str
) -> None:
    system = System()
    whole = system.events
    monkeypatch.setattr(system, "events", lambda: break_it(whole()))
    check_result = go(take_schedule_home, browser, system, deadline_s=3.0)
    assert (check_result.outcome, seen in check_result.seen) == (Outcome.FAIL, True), str(check_result)


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        (b"BEGIN:VCALENDAR", b"hello", "no calendar: hello"),
        (b"RRULE:FREQ=WEEKLY", b"RRULE:FREQ=DAILY", "the calendar lacks nothing, and has too much"),
        (b"RRULE:FREQ=WEEKLY", b"RRULE:FREQ=WEEKLY;INTERVAL=2", "the calendar lacks"),
        (b"TZOFFSETTO:+0200", b"TZOFFSETTO:+0100", "the calendar lacks"),
        (b"T083000", b"T090000", "the calendar lacks"),
        (b"LOCATION:IT 4-4", b"LOCATION:Mars", "the calendar lacks"),
    ],
)
def test_broken_calendar_is_seen(browser: Browser, old: bytes, new: bytes, seen: str) -> None:
    system = System()

    def broken(asked: Asked) -> tuple[int, Any]:
        status, content = system.ics(asked)
        return status, content.replace(old, new)

    check_result = go(take_schedule_home, browser, system, {"POST /api/generate/ics": broken})
    assert (check_result.outcome, seen in check_result.seen) == (Outcome.FAIL, True), str(check_result)


def test_page_that_gives_no_calendar_is_quoted(browser: Browser) -> None:
    refused: dict[str, Answer] = {"POST /api/generate/ics": (500, {"message": "no ink"})}
    check_result = go(take_schedule_home, browser, System(), refused)
    assert "no calendar to download: the page says 'That failed: no ink.'" in check_result.seen
    assert "POST /api/generate/ics -> 500" in check_result.seen


def test_refused_upload_is_seen(browser: Browser) -> None:
    check_result = go(take_schedule_home, browser, System(), {"POST /api/upload": (503, {"message": "no"})})
    assert "the upload was answered with 503" in check_result.seen


def test_upload_refused_by_the_rate_limit_is_sent_again(browser: Browser) -> None:
    system = System()
    system.refusals = 1
    assert go(take_schedule_home, browser, system, timeout_s=PATIENT_S).ok


def test_failed_job_ends_the_journey_at_once(browser: Browser) -> None:
    system = System()
    system.status = "failed"
    check_result = go(take_schedule_home, browser, system)
    assert "the page says 'That failed: the schedule could not be read.'" in check_result.seen
    assert check_result.seconds < PATIENT_S
