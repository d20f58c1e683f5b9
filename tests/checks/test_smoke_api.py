import re
from typing import Any

import pytest

from checks import schedules
from checks.cleanup import kinds
from checks.smoke import api, worker
from drills.checks.definition import Check
from drills.checks.result import CheckResult, Outcome
from tests.helpers.checking import context, everywhere, look, require, target_at
from tests.helpers.fake_system import Answer, Asked, fake_system
from tests.helpers.results import result_of

JOB = "00000000-0000-4000-8000-000000000001"
DATABASE = {"status": "up", "totalConnections": 3, "activeConnections": 1, "idleConnections": 2}
RECORD = {
    "id": JOB,
    "status": "completed",
    "pdfType": "test",
    "createdAt": "2026-11-23T14:00:07.804Z",
    "completedAt": "2026-11-23T14:00:09.804+00:00",
    "error": None,
}


def healthy(**info: Any) -> tuple[int, Any]:
    return 200, {"status": "ok", "info": info, "error": {}, "details": {}}


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (healthy(database=DATABASE), ""),
        ((503, {"status": "error"}), "-> 503"),
        (healthy(), "200 with {"),
        (healthy(database={"status": "down"}), "200 with {"),
        (healthy(database=DATABASE, redis={"status": "up"}), "more than the database"),
        (healthy(database=DATABASE | {"idleConnections": "2"}), "no count of idleConnections"),
    ],
)
def test_database_health(answer: Any, seen: str) -> None:
    require(look(api.database_health, {"GET /health/db": answer}), seen)


@pytest.mark.parametrize(
    ("one", "status"), [(api.unknown_job, 404), (api.unknown_result, 404), (api.nonsense_job, 400)]
)
def test_refusals_have_their_status(one: Check, status: int) -> None:
    def refuse(asked: Asked) -> tuple[int, Any]:
        return status, {"message": asked.path}

    assert look(one, {"GET /api/jobs/*": refuse}).seen.startswith(f"{status}: /api/jobs/")
    for other in (200, 400, 404, 500):
        if other != status:
            require(look(one, {"GET /api/jobs/*": (other, {"message": "no"})}), f"-> {other}")


def record(found: Any, *jobs: str) -> CheckResult:
    with fake_system({f"GET /api/jobs/{JOB}": (200, found)}) as served:
        here = context(everywhere(served.url))
        for job in jobs:
            here.artifacts.note(kinds.JOB, job)
        return api.job_record(here)


def test_record_of_a_job() -> None:
    require(record(RECORD, JOB), "")
    require(record(RECORD | {"status": "processing", "completedAt": None}, JOB), "")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "another"},
        {"status": "done"},
        {"pdfType": None},
        {"createdAt": "yesterday"},
        {"createdAt": "2026-11-23T14:00:07"},
        {"completedAt": None},
        {"error": "odd"},
    ],
    ids=str,
)
def test_record_with_an_odd_field_is_seen(change: dict[str, Any]) -> None:
    require(record(RECORD | change, JOB), f"{next(iter(change))} not right")


def test_record_without_a_job_is_left_out() -> None:
    assert record(RECORD).outcome is Outcome.SKIPPED


def refusal(asked: Asked) -> tuple[int, Any]:
    body = {
        "statusCode": 404,
        "message": "no",
        "timestamp": "2026-11-23T14:00:07.804Z",
        "path": asked.path,
        "requestId": "r",
    }
    return 404, {"headers": [("X-Request-ID", "r")], **body}


def refusing(change: dict[str, Any]) -> dict[str, Answer]:
    def answer(asked: Asked) -> tuple[int, Any]:
        status, body = refusal(asked)
        return status, body | change

    return {"GET /api/*": answer, "POST /api/*": answer}


def test_error_bodies_of_one_form() -> None:
    require(look(api.error_body, refusing({})), "")


@pytest.mark.parametrize(
    "change",
    [
        {"statusCode": 500},
        {"message": ""},
        {"timestamp": "now"},
        {"path": "/"},
        {"requestId": "other"},
        {"requestId": None},
    ],
    ids=str,
)
def test_error_body_of_another_form_is_seen(change: dict[str, Any]) -> None:
    require(look(api.error_body, refusing(change)), f"with {next(iter(change))} not right")


def test_error_that_is_a_page_is_seen() -> None:
    require(look(api.error_body, {"GET /api/*": (404, "<html>"), "POST /api/*": (404, "<html>")}), "no JSON")


def test_where_nothing_is_refused_no_error_was_seen() -> None:
    require(look(api.error_body, {"GET /api/*": (200, {}), "POST /api/*": (200, {})}), "nothing was refused")


@pytest.mark.parametrize(("ids", "seen"), [("ab", ""), ("aa", "'a', then 'a'"), ([None, None], "None")])
def test_request_ids(ids: Any, seen: str) -> None:
    given = iter(ids)

    def answer(_: Asked) -> tuple[int, Any]:
        name = next(given)
        return 200, {"headers": [("X-Request-ID", name)] if name else []}

    require(look(api.request_id, {"GET /api/auth/status": answer}), seen)


def parsed(asked: Asked) -> dict[str, Any]:
    """Return what a worker finds in the file that was sent; the module stands in it in brackets."""
    module = next(word for word in re.findall(rb"\((SYN\w+)\)", asked.body))
    return {"type": "test", "events": result_of(schedules.expected_tests(module.decode()))}


def numbered_anew() -> Answer:
    numbers = iter(range(9))

    def answer(asked: Asked) -> tuple[int, Any]:
        found, number = parsed(asked), next(numbers)
        return 200, found | {"events": [event | {"id": f"{number}-{event['id']}"} for event in found["events"]]}

    return answer


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (lambda asked: (200, parsed(asked)), ""),
        (lambda asked: (200, parsed(asked) | {"type": "exam"}), "taken for 'exam'"),
        (lambda asked: (200, parsed(asked) | {"events": parsed(asked)["events"][1:]}), "other events than"),
        (lambda asked: (200, parsed(asked) | {"events": parsed(asked)["events"][::-1]}), "another order than"),
        (numbered_anew(), "other events the second time"),
        ((200, {"type": "test", "events": None}), "no events, but null"),
        ((500, {}), "-> 500"),
    ],
)
def test_parsing_on_request(answer: Answer, seen: str) -> None:
    require(look(worker.parsing, {"POST /parse": answer}), seen)


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ((400, {"detail": {"error": "no PDF", "details": "x"}}), ""),
        ((400, {"detail": "no PDF"}), "without detail"),
        ((400, {"detail": {"error": "no PDF"}}), "without detail"),
        ((200, {}), "-> 200"),
    ],
)
def test_refused_parsing(answer: Answer, seen: str) -> None:
    require(look(worker.refused_parsing, {"POST /parse": answer}), seen)


def test_parts_without_an_address_are_left_out() -> None:
    for one in (api.database_health, worker.parsing):
        assert one(context(target_at())).outcome is Outcome.SKIPPED
