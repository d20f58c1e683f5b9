import json
import re
from typing import Any

import pytest

from checks import schedules
from checks.cleanup import kinds
from checks.smoke.upload import exams, journey, semester_tests
from drills.checks.definition import Check
from drills.checks.result import CheckResult, Outcome
from tests.helpers.calendars import calendar_for
from tests.helpers.checking import context, target_at
from tests.helpers.fake_system import Answer, Asked, fake_system
from tests.helpers.results import result_of

LECTURES = len(schedules.expected_lectures("X"))
JOB = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits: the fake system has no rate limit."""
    monkeypatch.setattr("checks.smoke.upload_client.POLL_S", 0.01)


class System:
    """A system that remembers one schedule; tests break one part of it."""

    def __init__(self) -> None:
        self.token = ""
        self.statuses = ["processing", "completed"]
        self.pdf_type = "lecture"
        self.wanted: Any = schedules.expected_lectures
        self.events: list[dict[str, Any]] | None = None
        self.weeks = 1

    def upload(self, asked: Asked) -> tuple[int, Any]:
        found = re.search(rb'filename="(\w+)\.pdf"', asked.body)
        assert found
        self.token = found[1].decode()
        return 201, {"jobId": JOB, "pdfType": self.pdf_type}

    def job(self, asked: Asked) -> tuple[int, Any]:
        if asked.path.endswith("/result"):
            return 200, {"id": JOB, "events": self.parsed() if self.events is None else self.events}
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return 200, {"id": JOB, "status": status}

    def parsed(self) -> list[dict[str, Any]]:
        return result_of(self.wanted(self.token))

    def ics(self, asked: Asked) -> tuple[int, Any]:
        content = calendar_for(json.loads(asked.body))
        return 200, content.replace(b"FREQ=WEEKLY", b"FREQ=WEEKLY;INTERVAL=%d" % self.weeks)

    def answers(self) -> dict[str, Answer]:
        return {"POST /api/upload": self.upload, "GET /api/jobs/*": self.job, "POST /api/generate/ics": self.ics}


def travel(system: System, changed: dict[str, Answer] | None = None, deadline_s: float = 5.0) -> CheckResult:
    with fake_system(system.answers() | (changed or {})) as served:
        return journey(context(target_at(served.url, deadline_s=deadline_s)))


def test_schedule_that_comes_back_as_its_own_events_is_ok() -> None:
    check_result = travel(System())
    assert check_result.ok, str(check_result)
    assert re.search(rf"{LECTURES} events, 4[23] times in the calendar", check_result.seen)


def test_events_of_another_schedule_are_seen() -> None:
    system = System()
    system.events = []
    with fake_system(system.answers()) as served:
        assert "no events, but []" in journey(context(target_at(served.url))).seen
    system.events = [event | {"module": "STRANGE"} for event in System().parsed()]
    check_result = travel(system)
    assert check_result.ok is False
    assert "other events than those of the schedule" in check_result.seen


def test_one_missing_event_is_seen() -> None:
    system = System()
    whole = system.parsed
    system.parsed = lambda: whole()[1:]  # type: ignore[method-assign]
    check_result = travel(system)
    assert check_result.ok is False
    assert f'missing [\'["{system.token}", "L1", "G01", "Monday"' in check_result.seen


def test_event_that_comes_twice_is_seen() -> None:
    system = System()
    whole = system.parsed
    system.parsed = lambda: [*whole(), whole()[0]]  # type: ignore[method-assign]
    assert "missing [], added [" in travel(system).seen


@pytest.mark.parametrize("events", [[7], {"a": 1}, [{"module": ["list"]}]], ids=str)
def test_events_that_are_none_are_no_mistake_of_ours(events: Any) -> None:
    system = System()
    system.events = events
    assert travel(system).outcome is Outcome.FAIL


def test_failed_job_ends_the_journey_at_once() -> None:
    system = System()
    system.statuses = ["failed"]
    check_result = travel(system, deadline_s=60)
    assert (check_result.ok, check_result.seen) == (False, f"job {JOB} failed")
    assert check_result.seconds < 5


def test_job_that_stays_pending_is_reported_at_the_deadline() -> None:
    system = System()
    system.statuses = ["pending"]
    check_result = travel(system, deadline_s=0.1)
    assert check_result.ok is False
    assert "to be completed, saw 'pending' last" in check_result.seen


def test_wrong_kind_is_seen() -> None:
    system = System()
    system.pdf_type = "exam"
    assert travel(system).seen == "a lecture schedule was taken for 'exam'"


def test_lectures_of_every_second_week_are_seen() -> None:
    system = System()
    system.weeks = 2
    assert "opened, the calendar lacks" in travel(system).seen


def test_result_that_changes_is_seen() -> None:
    system = System()
    whole = system.job
    numbers = iter(range(9))

    def changing(asked: Asked) -> tuple[int, Any]:
        status, answer = whole(asked)
        return status, answer | {"number": next(numbers)} if asked.path.endswith("/result") else answer

    assert "another result of job" in travel(system, {"GET /api/jobs/*": changing}).seen


def test_result_of_another_job_is_seen() -> None:
    other: dict[str, Answer] = {f"GET /api/jobs/{JOB}/result": (200, {"id": "other", "events": []})}
    assert f"the result of job {JOB} has the id 'other'" in travel(System(), other).seen


@pytest.mark.parametrize("status", [429, 503])
def test_refused_upload_is_seen(status: int) -> None:
    check_result = travel(System(), {"POST /api/upload": (status, {"message": "no"})})
    assert check_result.ok is False
    assert f"POST /api/upload -> {status}" in check_result.seen


def test_upload_that_has_to_wait_is_sent_again_when_the_limit_says() -> None:
    system = System()
    limited = iter([True])

    def upload(asked: Asked) -> tuple[int, Any]:
        if next(limited, False):
            return 429, {"headers": [("Retry-After", "1")]}
        return system.upload(asked)

    check_result = travel(system, {"POST /api/upload": upload})
    assert check_result.ok, str(check_result)
    assert check_result.seconds > 1


def test_upload_that_has_to_wait_for_ever_is_given_up_at_the_deadline() -> None:
    limited = (429, {"headers": [("Retry-After", "60")]})
    check_result = travel(System(), {"POST /api/upload": lambda _: limited}, deadline_s=0.1)
    assert check_result.ok is False
    assert "another answer than 429" in check_result.seen


@pytest.mark.parametrize(
    ("one", "kind", "wanted"),
    [(semester_tests, "test", schedules.expected_tests), (exams, "exam", schedules.expected_exams)],
)
def test_each_kind_comes_back_as_its_own_events(one: Check, kind: str, wanted: Any) -> None:
    system = System()
    system.pdf_type, system.wanted = kind, wanted
    with fake_system(system.answers()) as served:
        here = context(target_at(served.url))
        assert one(here).ok
        assert here.artifacts.noted(kinds.JOB) == (JOB,)
        system.wanted = schedules.expected_lectures
        assert "other events" in one(here).seen


def test_result_of_a_job_that_never_began_is_seen() -> None:
    system = System()
    system.pdf_type, system.wanted = "exam", schedules.expected_exams
    late = iter([(404, {"message": "no such job"})])
    whole = system.job
    answers = system.answers() | {"GET /api/jobs/*": lambda asked: next(late, None) or whole(asked)}
    with fake_system(answers) as served:
        check_result = exams(context(target_at(served.url, contract="reference")))
    assert "/result -> 404" in check_result.seen


def test_calendar_that_is_none_is_seen() -> None:
    check_result = travel(System(), {"POST /api/generate/ics": (200, b"hello")})
    assert check_result.ok is False
    assert "no calendar: hello" in check_result.seen
