"""The requests of students, and the answers that the contract promises; nothing here sends anything."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from checks import schedules
from drills.common import draws
from drills.common.draws import DRAWS
from drills.load.ledger import Promise
from drills.load.request import Judge, Request, saw
from load.expected_end import OF_CONTENT, OF_KIND
from load.profiles import Content, Op

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.load.client import Answer

KINDS: Final = {
    "lecture": schedules.lecture_pdf,
    "test": schedules.test_pdf,
    "exam": schedules.exam_pdf,
}
WAIT_S: Final = 15  # how long the front page lets the system wait for a job's end before it asks again
SPECIAL: Final[dict[Content, Callable[[str], bytes]]] = {
    Content.SHORT: schedules.short_pdf,
    Content.FACULTY: schedules.faculty_pdf,
    Content.POISON: lambda _: schedules.poison_pdf(),
}
MEMORY: Final = 200  # jobs a client population remembers; older ones may have been cleaned up by then
STATUSES: Final = frozenset({"pending", "processing", "completed", "failed"})


@dataclass
class Memory:
    """What the students know of their jobs, newest last."""

    recent: deque[str] = field(default_factory=lambda: deque(maxlen=MEMORY))
    finished: deque[str] = field(default_factory=lambda: deque(maxlen=MEMORY))

    def learn(self, request: Request, answer: Answer) -> Promise | None:
        """Take note of an answer that was in order; return the job that it promises to work on."""
        if request.op == Op.UPLOAD:
            job = str(_object(answer)["jobId"])
            self.recent.append(job)
            return Promise(job, request.deserves)
        if request.op in {Op.JOB, Op.WAIT} and request.about and _object(answer)["status"] == "completed":
            self.finished.append(request.about)
        return None


def request_for(op: Op, memory: Memory, content: Content) -> Request:
    """Return the request for `op`; while no job is known, a request about a job becomes one for the front page."""
    if op is Op.UPLOAD:
        return upload(content)
    about = {
        Op.JOB: (memory.recent, _status),
        Op.WAIT: (tuple(memory.recent)[-1:], _wait),  # the newest: its student still looks at the page
        Op.RESULT: (memory.finished, _result),
    }
    if op not in about:
        return _FIXED[op]
    jobs, request = about[op]
    return request(DRAWS.choice(jobs)) if jobs else _FIXED[Op.FRONT]


def upload(content: Content, kind: str | None = None) -> Request:
    """Return an upload of a fresh PDF (its own token in it), or of one that kills its parser.

    Raises KeyError for a `kind` that is none of KINDS; None picks one. Only a GOOD file has a kind to choose.
    """
    kind = kind or DRAWS.choice(tuple(KINDS))
    token = draws.token()
    good = content is Content.GOOD
    pdf = KINDS[kind](token) if good else SPECIAL[content](token)
    name = kind if good else content
    body, content_type = _form("file", f"{name}-{token}.pdf", pdf, f"drill-{token}")
    judge = _accepted(kind if good else None)
    headers = {"Content-Type": content_type}
    deserves = OF_KIND[kind] if good else OF_CONTENT[content]
    return Request("upload", "POST", "/api/upload", judge, "/api/upload", body, headers, deserves=deserves)


def _form(field: str, name: str, content: bytes, boundary: str) -> tuple[bytes, str]:
    """Return body and content type of a form with one PDF in `field`."""
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def _status(job: str) -> Request:
    return Request("job", "GET", "/api/jobs/:id", _status_of(job), f"/api/jobs/{job}", about=job)


def _wait(job: str) -> Request:
    return Request("wait", "GET", "/api/jobs/:id", _status_of(job), f"/api/jobs/{job}?wait={WAIT_S}", about=job)


def _result(job: str) -> Request:
    return Request("result", "GET", "/api/jobs/:id/result", _result_of(job), f"/api/jobs/{job}/result", about=job)


def _accepted(kind: str | None) -> Judge:
    def judge(answer: Answer) -> str | None:
        body = _object(answer)
        if answer.status != 201 or not _is_uuid(body.get("jobId")):  # noqa: PLR2004  (created)
            return saw(answer, "201 with a jobId")
        if kind and body.get("pdfType") != kind:
            return saw(answer, f"pdfType {kind}")
        return None

    return judge


def _status_of(job: str) -> Judge:
    def judge(answer: Answer) -> str | None:
        body = _object(answer)
        if _fine(answer) and body.get("id") == job and body.get("status") in STATUSES:
            return None
        return saw(answer, "200 with the job's id and status")

    return judge


def _result_of(job: str) -> Judge:
    def judge(answer: Answer) -> str | None:
        body = _object(answer)
        if _fine(answer) and body.get("id") == job and isinstance(body.get("events"), list):
            return None
        return saw(answer, "200 with the job's events")

    return judge


def _metrics(answer: Answer) -> str | None:
    body = _object(answer)
    try:
        fine = body["total"] == body["waiting"] + body["active"] + body["delayed"]
    except (KeyError, TypeError):
        fine = False
    return None if _fine(answer) and fine else saw(answer, "200 with total = waiting + active + delayed")


def _page(answer: Answer) -> str | None:
    fine = _fine(answer) and b"<html" in answer.body.lower()
    return None if fine else saw(answer, "200 with an HTML page")


def _calendar(answer: Answer) -> str | None:
    fine = _fine(answer) and b"BEGIN:VEVENT" in answer.body and b"RRULE" in answer.body
    return None if fine else saw(answer, "200 with a calendar of weekly events")


def _known(answer: Answer) -> str | None:
    fine = _fine(answer) and isinstance(_object(answer).get("authenticated"), bool)
    return None if fine else saw(answer, "200 that says whether a user is signed in")


def _healthy(answer: Answer) -> str | None:
    fine = _fine(answer) and _object(answer).get("status") == "ok"
    return None if fine else saw(answer, "200 with status ok")


_LECTURE: Final = {
    "events": [
        {
            "id": "1",
            "summary": "COS 110 L1",
            "location": "IT 4-1",
            "startTime": "08:30",
            "endTime": "09:20",
            "day": "Monday",
            "isRecurring": True,
        }
    ],
    "semesterStart": "2025-07-21",
    "semesterEnd": "2025-11-07",
    "pdfType": "lecture",
}
_FIXED: Final = {
    Op.METRICS: Request("metrics", "GET", "/api/jobs/metrics", _metrics, "/api/jobs/metrics"),
    Op.FRONT: Request("front", "GET", "/", _page, "/"),
    Op.WHOAMI: Request("whoami", "GET", "/api/auth/status", _known, "/api/auth/status"),
    Op.HEALTH: Request("health", "GET", "/health", _healthy, "/health"),
    Op.ICS: Request(
        "ics",
        "POST",
        "/api/generate/ics",
        _calendar,
        "/api/generate/ics",
        json.dumps(_LECTURE).encode(),
        {"Content-Type": "application/json"},
    ),
}


def _fine(answer: Answer) -> bool:
    return answer.status == 200  # noqa: PLR2004  (OK)


def _object(answer: Answer) -> dict[str, Any]:
    try:
        body = json.loads(answer.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False
