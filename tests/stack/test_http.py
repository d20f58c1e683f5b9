"""The backend's promises over HTTP, tested on the running stack through its gateway."""

import time
from collections.abc import Iterator
from contextlib import closing

import httpx
import psycopg
import pytest

from checks import schedules
from checks.smoke.sign_in_client import authenticated, sign_in
from checks.target import ScheduleTarget, sandboxed
from drills.checks.clients import client
from drills.drill.sandbox_pool import SandboxPool
from drills.drill.system import System
from tests.helpers.other_documents import not_a_schedule_pdf

pytestmark = pytest.mark.sandbox
MIB = 1024 * 1024
TOO_MANY_SIGN_INS = 5
HEALTH_ANSWERS_S = 5.0


@pytest.fixture
def system(sandbox_pool: SandboxPool) -> System:
    return sandbox_pool.system()


@pytest.fixture
def target(system: System) -> ScheduleTarget:
    return sandboxed(system.stack)


@pytest.fixture
def student(target: ScheduleTarget) -> Iterator[httpx.Client]:
    """A client at an address of its own, so that limits and blocks of one test do not reach another."""
    with client(target, target.front_url) as http:
        yield http


@pytest.fixture
def administrator(target: ScheduleTarget) -> Iterator[httpx.Client]:
    with closing(sign_in(target, "admin@example.org")) as http:
        yield http


@pytest.fixture
def frozen_redis(system: System) -> Iterator[None]:
    # Not `docker pause`: its engine calls the container unhealthy from then until ten seconds after the end of it.
    system.stack.sandbox.check_output("docker kill --signal STOP redis")
    yield
    system.stack.sandbox.check_output("docker kill --signal CONT redis")


@pytest.fixture
def full_quota(target: ScheduleTarget, student: httpx.Client) -> Iterator[None]:
    """Make the student the owner of as many waiting bytes as one address may have."""
    owner = student.headers["X-Forwarded-For"]
    row = """INSERT INTO jobs (id, "pdfType", "s3Key", owner, "sizeBytes")
             VALUES (gen_random_uuid(), 'lecture', 'none', %s, %s)"""
    assert target.postgres_dsn
    with psycopg.connect(target.postgres_dsn, autocommit=True) as database:
        database.execute(row, (owner, 100 * MIB))
        yield
        database.execute("DELETE FROM jobs WHERE owner = %s", (owner,))


def upload(http: httpx.Client, content: bytes, kind: str = "application/pdf") -> httpx.Response:
    return http.post("/api/upload", files={"file": ("schedule.pdf", content, kind)})


def test_the_identity_provider_refuses_a_wrong_client_secret(student: httpx.Client) -> None:
    form = {"code": "any", "redirect_uri": "http://localhost/", "code_verifier": "any"}
    answer = student.post("/oidc/token", data=form, auth=("schedgen", "not the secret"))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_a_sign_in_gives_a_session_that_signing_out_ends(system: System) -> None:
    with closing(sign_in(system.target, "thandi.nkosi@example.org")) as http, system.redis() as redis:
        assert authenticated(http) == "thandi.nkosi@example.org"
        sessions = set(redis.scan_iter("sess:*"))
        assert http.post("/api/auth/logout").status_code == 200
        assert authenticated(http) is None
        assert len(sessions - set(redis.scan_iter("sess:*"))) == 1


def test_a_session_cookie_is_hidden_from_scripts_and_other_sites(target: ScheduleTarget) -> None:
    with closing(sign_in(target, "sipho.dube@example.org")) as http:
        name = "connect.sid"
        cookie = next(each for each in http.cookies.jar if each.name == name)
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "lax"


def test_an_address_that_fails_to_sign_in_is_blocked_until_an_administrator_lifts_it(
    student: httpx.Client, administrator: httpx.Client
) -> None:
    address = student.headers["X-Forwarded-For"]
    failures = [student.get("/api/auth/google/callback?code=x&state=y") for _ in range(TOO_MANY_SIGN_INS)]
    assert {answer.status_code for answer in failures} == {401}
    refused = student.get("/api/auth/google")
    assert refused.status_code == 403
    assert "IP_BLOCKED" in refused.json()["message"]
    assert administrator.get("/api/auth/ip/status", params={"ip": address}).json()["blocked"]
    assert not administrator.post("/api/auth/ip/unblock", json={"ip": address}).json()["blocked"]
    assert student.get("/api/auth/google").status_code == 302


def test_only_administrators_lift_blocks(student: httpx.Client, target: ScheduleTarget) -> None:
    assert student.post("/api/auth/ip/unblock", json={"ip": "198.18.0.1"}).status_code == 401
    with closing(sign_in(target, "thandi.nkosi@example.org")) as http:
        assert http.post("/api/auth/ip/unblock", json={"ip": "198.18.0.1"}).status_code == 403


@pytest.mark.usefixtures("full_quota")
def test_an_address_whose_quota_is_full_waits(student: httpx.Client) -> None:
    answer = upload(student, schedules.lecture_pdf("COS110"))
    assert answer.status_code == 413
    assert "at most 100 MiB" in answer.json()["message"]


def test_uploads_are_limited_and_the_refusal_says_when_to_come_back(student: httpx.Client) -> None:
    # The minute may turn once while we ask; ten requests fall into two minutes at most, five in each.
    answers = [student.post("/api/upload") for _ in range(11)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert {answer.status_code for answer in answers} == {400, 429}
    assert (refused.headers["X-RateLimit-Limit"], refused.headers["X-RateLimit-Remaining"]) == ("5", "0")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert 0 <= int(refused.headers["X-RateLimit-Reset"]) - time.time() <= 61


def test_an_answer_says_what_is_left_of_the_limit(student: httpx.Client) -> None:
    answer = student.get("/api/auth/status")
    assert (answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]) == ("100", "99")


def test_health_and_metrics_are_not_limited(student: httpx.Client) -> None:
    assert "X-RateLimit-Limit" not in student.get("/health").headers


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        pytest.param(b"GIF89a", "image/gif", "only application/pdf is accepted, not image/gif", id="another type"),
        pytest.param(b"%PDF-" + bytes(10 * MIB), "application/pdf", "larger than 10 MiB", id="too large"),
        pytest.param(not_a_schedule_pdf(), "application/pdf", "not a schedule", id="no schedule"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_with_the_reason(
    student: httpx.Client, content: bytes, kind: str, sentence: str
) -> None:
    answer = upload(student, content, kind)
    assert answer.status_code == 400
    assert sentence in answer.json()["message"]


def test_a_request_keeps_its_id(student: httpx.Client) -> None:
    answer = student.get("/api/auth/status", headers={"X-Request-ID": "drill-4711"})
    assert answer.headers["X-Request-ID"] == "drill-4711"


def test_an_error_has_the_shape_of_the_contract(student: httpx.Client) -> None:
    answer = student.get("/api/jobs/nonsense")
    body = answer.json()
    assert set(body) == {"statusCode", "message", "timestamp", "path", "requestId"}
    assert (body["statusCode"], body["path"]) == (answer.status_code, "/api/jobs/nonsense") == (400, body["path"])
    assert body["requestId"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(("path", "status"), [("/api/no/such/route", 404), ("/api/calendars", 401)])
def test_every_refusal_has_that_shape(student: httpx.Client, path: str, status: int) -> None:
    answer = student.get(path)
    assert (answer.status_code, answer.json()["statusCode"]) == (status, status)


@pytest.mark.usefixtures("frozen_redis")
def test_health_answers_in_time_and_names_what_is_frozen(student: httpx.Client) -> None:
    began = time.monotonic()
    answer = student.get("/health", timeout=HEALTH_ANSWERS_S)
    assert time.monotonic() - began < HEALTH_ANSWERS_S
    assert answer.status_code == 503
    assert set(answer.json()["error"]) == {"redis"}
    assert set(answer.json()["info"]) == {"database", "minio"}


@pytest.mark.usefixtures("frozen_redis")
def test_the_databases_health_does_not_hang_on_redis(target: ScheduleTarget) -> None:
    with client(target, target.backend_url) as http:
        assert http.get("/health/db").status_code == 200
