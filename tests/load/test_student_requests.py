import json
from typing import Any
from uuid import uuid4

import pytest

from drills.load.client import Answer
from drills.load.ledger import Promise
from drills.load.request import Request
from load.expected_end import OF_KIND
from load.profiles import Content, Op
from load.student_requests import Memory, request_for, upload

JOB = str(uuid4())


def answer(status: int | None, body: Any) -> Answer:
    return Answer(status, body if isinstance(body, bytes) else json.dumps(body).encode(), 1.0)


def knowing(*, finished: bool = False) -> Memory:
    memory = Memory()
    memory.recent.append(JOB)
    if finished:
        memory.finished.append(JOB)
    return memory


def about(op: Op, memory: Memory | None = None) -> Request:
    return request_for(op, memory or knowing(finished=True), Content.GOOD)


FINE: list[tuple[Op, int, Any]] = [
    (Op.JOB, 200, {"id": JOB, "status": "pending"}),
    (Op.WAIT, 200, {"id": JOB, "status": "processing"}),
    (Op.RESULT, 200, {"id": JOB, "events": []}),
    (Op.METRICS, 200, {"waiting": 1, "active": 2, "delayed": 3, "total": 6}),
    (Op.FRONT, 200, b"<HTML></HTML>"),
    (Op.WHOAMI, 200, {"authenticated": False}),
    (Op.HEALTH, 200, {"status": "ok"}),
    (Op.ICS, 200, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=WEEKLY"),
]
WRONG: list[tuple[Op, int, Any]] = [
    (Op.JOB, 200, {"id": str(uuid4()), "status": "pending"}),
    (Op.JOB, 200, {"id": JOB, "status": "happy"}),
    (Op.JOB, 404, {"id": JOB, "status": "pending"}),
    (Op.RESULT, 400, {"message": "not completed"}),
    (Op.RESULT, 200, {"id": JOB}),
    (Op.METRICS, 200, {"waiting": 1, "active": 2, "delayed": 3, "total": 5}),
    (Op.METRICS, 200, b"ok"),
    (Op.FRONT, 200, b""),
    (Op.WHOAMI, 200, {}),
    (Op.HEALTH, 503, {"status": "ok"}),
    (Op.ICS, 200, b"BEGIN:VCALENDAR"),
]


@pytest.mark.parametrize(("op", "status", "body"), FINE)
def test_what_the_contract_promises_is_in_order(op: Op, status: int, body: Any) -> None:
    assert about(op).judge(answer(status, body)) is None


@pytest.mark.parametrize(("op", "status", "body"), WRONG)
def test_anything_else_is_a_complaint(op: Op, status: int, body: Any) -> None:
    complaint = about(op).judge(answer(status, body))
    assert complaint is not None
    assert complaint.startswith("expected ")
    assert f"saw {status}" in complaint


@pytest.mark.parametrize("kind", ["lecture", "test", "exam"])
def test_upload_is_accepted_with_its_own_kind(kind: str) -> None:
    ask = upload(Content.GOOD, kind)
    assert ask.judge(answer(201, {"jobId": JOB, "pdfType": kind})) is None
    assert ask.judge(answer(201, {"jobId": JOB, "pdfType": "other"})) is not None


@pytest.mark.parametrize("body", [{}, {"jobId": "7", "pdfType": "lecture"}, b"created"])
def test_201_without_a_job_is_no_acknowledgement(body: Any) -> None:
    assert upload(Content.GOOD, "lecture").judge(answer(201, body)) is not None


@pytest.mark.parametrize("status", [429, 500, 503])
def test_refused_upload_is_a_complaint(status: int) -> None:
    assert upload(Content.GOOD).judge(answer(status, {"jobId": JOB})) is not None


def test_two_uploads_differ() -> None:
    assert upload(Content.GOOD, "exam").body != upload(Content.GOOD, "exam").body


@pytest.mark.parametrize("op", [Op.JOB, Op.WAIT, Op.RESULT])
def test_while_no_job_is_known_the_front_page_keeps_the_rate(op: Op) -> None:
    assert about(op, Memory()).op == "front"


def test_job_seen_completed_is_asked_for_its_result_later() -> None:
    memory = knowing()
    memory.learn(about(Op.JOB, memory), answer(200, {"id": JOB, "status": "completed"}))
    assert about(Op.RESULT, memory).about == JOB


def test_only_an_accepted_upload_is_a_promise() -> None:
    memory = knowing()
    promised = Promise("new", OF_KIND["exam"])
    assert memory.learn(upload(Content.GOOD, "exam"), answer(201, {"jobId": "new", "pdfType": "exam"})) == promised
    assert memory.learn(about(Op.JOB, memory), answer(200, {"id": JOB, "status": "pending"})) is None
