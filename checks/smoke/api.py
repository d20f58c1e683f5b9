"""The contract of the endpoints that need no sign-in, refusals included."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from checks.cleanup import kinds
from checks.smoke.refusals import refusal_of
from checks.smoke.statuses import refused
from checks.smoke.upload import journey
from checks.target import target_of, to_the_letter
from drills.checks import CheckFailed, CheckSuite, Skipped, body, brief, check, client, expect, get
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext

OK: Final = 200
BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
NO_UUID: Final = "SYN-no-uuid"
CONNECTIONS: Final = ("totalConnections", "activeConnections", "idleConnections")
REASONS: Final = ("message", "error", "errors", "detail", "title")
"""Where an error may say what is wrong."""
STATUSES: Final = ("pending", "processing", "completed", "failed")
REFUSED: Final[tuple[tuple[str, str, Any], ...]] = (
    ("GET", f"/api/jobs/{uuid4()}", None),
    ("GET", f"/api/jobs/{NO_UUID}/result", None),
    ("GET", "/api/calendars", None),
    ("POST", "/api/generate/ics", {"events": "nonsense"}),
)
"""One refusal of each kind: not there, not valid, not allowed, not understood."""


@check(
    "database health",
    suite=CheckSuite.SMOKE,
    clauses=("HE-03",),
    needs="backend_url",
    expected="200 with status ok, and the database alone with its connections",
    next_step="read the backend's log",
    level=2,
    incident=Quantity.CONNECTION_POOL,
)
def database_health(context: CheckContext) -> str:
    """Read what the backend says of its database alone."""
    found = body(get(context.target, target_of(context).backend_url, "/health/db"))
    info = found.get("info")
    database = info.get("database") if isinstance(info, dict) else None
    if found.get("status") != "ok" or not isinstance(database, dict) or database.get("status") != "up":
        raise CheckFailed(f"200 with {found}")
    if not isinstance(info, dict) or len(info) != 1:
        raise CheckFailed(f"more than the database: {info}")
    odd = [name for name in CONNECTIONS if type(database.get(name)) is not int]
    if odd:
        raise CheckFailed(f"no count of {', '.join(odd)} in {database}")
    return f"up, {database['totalConnections']} connections"


@check(
    "unknown job",
    suite=CheckSuite.SMOKE,
    clauses=("JO-03", "ER-03"),
    needs="front_url",
    expected="404",
    next_step="read the backend's log for that request",
    level=3,
)
def unknown_job(context: CheckContext) -> str:
    """Ask for a job that there never was."""
    with client(context.target, context.target.front_url) as http:
        job = str(uuid4())
        return refusal_of(context, expect(http.get(f"/api/jobs/{job}"), *refused(context, NOT_FOUND)), job)


@check(
    "unknown result",
    suite=CheckSuite.SMOKE,
    clauses=("JO-06", "ER-03"),
    needs="front_url",
    expected="404",
    next_step="read the backend's log for that request",
    level=3,
)
def unknown_result(context: CheckContext) -> str:
    """Ask for the events of a job that there never was."""
    with client(context.target, context.target.front_url) as http:
        job = str(uuid4())
        return refusal_of(context, expect(http.get(f"/api/jobs/{job}/result"), *refused(context, NOT_FOUND)), job)


@check(
    "job that is no uuid",
    suite=CheckSuite.SMOKE,
    clauses=("JO-02", "ER-03"),
    needs="front_url",
    expected="400",
    next_step="have the backend refuse a job id that is no UUID",
    level=3,
)
def nonsense_job(context: CheckContext) -> str:
    """Ask for a job by something that is no id."""
    with client(context.target, context.target.front_url) as http:
        return refusal_of(context, expect(http.get(f"/api/jobs/{NO_UUID}"), *refused(context, BAD_REQUEST)), NO_UUID)


@check(
    "record of a job",
    suite=CheckSuite.SMOKE,
    clauses=("JO-01",),
    needs="front_url",
    expected="id, kind, status, and when the job began and ended",
    next_step="compare with the job's row in Postgres",
    level=3,
    incident=Quantity.QUEUE_DEPTH,
    after=(journey,),
)
def job_record(context: CheckContext) -> str:
    """Read the record of a job of this run."""
    jobs = context.artifacts.noted(kinds.JOB)
    if not jobs:
        raise Skipped("no upload of this run to ask for")
    with client(context.target, context.target.front_url) as http:
        found = body(expect(http.get(f"/api/jobs/{jobs[0]}"), OK))
    status = found.get("status")
    right = {"id": found.get("id") == jobs[0], "status": status in STATUSES}
    if to_the_letter(context):
        right |= _written_out(found)
    odd = [name for name, fine in right.items() if not fine]
    if odd:
        raise CheckFailed(f"{', '.join(odd)} not right in {found}")
    return f"job {jobs[0]}: {status}"


def _written_out(found: dict[str, Any]) -> dict[str, bool]:
    """Say of each field of a job's record whether it is there as the contract writes it."""
    status = found.get("status")
    return {
        "pdfType": found.get("pdfType") in ("lecture", "test", "exam"),
        "createdAt": _is_moment(found.get("createdAt")),
        "completedAt": status != "completed" or _is_moment(found.get("completedAt")),
        "error": status == "failed" or found.get("error", "") is None,
    }


@check(
    "error body",
    suite=CheckSuite.SMOKE,
    clauses=("ER-01", "ER-02"),
    needs="front_url",
    expected="a reason in each; by the letter statusCode, message, timestamp, path, requestId, which is X-Request-ID",
    next_step="compare the backend's error handler with the contract",
    level=3,
)
def error_body(context: CheckContext) -> str:
    """Read the bodies of several refusals; other checks look at their statuses."""
    with client(context.target, context.target.front_url) as http:
        answers = [http.request(method, path, json=wish) for method, path, wish in REFUSED]
    refusals = [answer for answer in answers if answer.status_code >= BAD_REQUEST]
    if not refusals:
        raise CheckFailed("nothing was refused, so no error was seen")
    for answer in refusals:
        _require_error_body(context, answer)
    return f"{len(refusals)} errors of one form"


@check(
    "request id",
    suite=CheckSuite.SMOKE,
    clauses=("ER-02",),
    needs="front_url",
    expected="X-Request-ID on an answer, and another one on the next",
    next_step="have the backend give each request an id of its own",
    level=4,
)
def request_id(context: CheckContext) -> str:
    """Look whether an answer can be found again in the log."""
    with client(context.target, context.target.front_url) as http:
        ids = [expect(http.get("/api/auth/status"), OK).headers.get("x-request-id") for _ in range(2)]
    if not all(ids) or ids[0] == ids[1]:
        raise CheckFailed(f"X-Request-ID {ids[0]!r}, then {ids[1]!r}")
    return "two ids"


def _require_error_body(context: CheckContext, answer: httpx.Response) -> None:
    """Raise CheckFailed unless the error says what is wrong, by the letter in the fields of the contract."""
    found = body(answer)
    if not to_the_letter(context):
        if not any(found.get(name) for name in REASONS):
            raise CheckFailed(f"{answer.request.url.path} -> {answer.status_code} without a reason: {brief(answer)}")
        return
    path = answer.request.url.path
    message = found.get("message")
    right = {
        "statusCode": found.get("statusCode") == answer.status_code,
        "message": bool(message) and isinstance(message, str | list),
        "timestamp": _is_moment(found.get("timestamp")),
        "path": found.get("path") == path,
        "requestId": bool(found.get("requestId")) and found["requestId"] == answer.headers.get("x-request-id"),
    }
    odd = [name for name, fine in right.items() if not fine]
    if odd:
        raise CheckFailed(f"{path} -> {answer.status_code} with {', '.join(odd)} not right: {brief(answer)}")


def _is_moment(value: Any) -> bool:
    """Whether `value` is an ISO time with its zone."""
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False
