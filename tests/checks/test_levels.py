"""What a system says in other words than the reference is in order at the first level, and what is wrong at neither."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from checks.catalogue import TO_THE_LETTER
from checks.cleanup import kinds
from checks.health.backend_queue import queue_metrics
from checks.health.services import backend_health, worker_health
from checks.smoke import api, calendar, limits, refused_uploads, sign_in
from checks.smoke.upload_client import accepted
from checks.target import OF_THE_KIND, REFERENCE
from drills.checks import Check, CheckFailed, CheckResult, Outcome
from tests.helpers.checking import context, target_at
from tests.helpers.fake_system import COUNTS, HEALTHY, Answer, Asked, Reply, fake_system

if TYPE_CHECKING:
    from checks.target import ScheduleTarget

JOB = "00000000-0000-4000-8000-000000000001"
RECORD = {"id": JOB, "status": "completed"}


def look(one: Check, answers: dict[str, Answer], contract: str) -> CheckResult:
    with fake_system(answers) as served:
        return one(context(at(served.url, contract)))


def at(url: str, contract: str) -> ScheduleTarget:
    return target_at(url, contract=contract, backend_url=url, worker_url=url, timeout_s=2.0)


BROKEN_OFF = {"message": "no"}
IN_OTHER_WORDS: list[tuple[Check, dict[str, Answer]]] = [
    (backend_health, {"GET /health": (200, {"status": "healthy", "checks": {"db": {"status": "UP"}}})}),
    (worker_health, {"GET /health": (200, {"status": "ok"})}),
    (queue_metrics, {"GET /api/jobs/metrics": (200, {"waiting": 1, "active": 0})}),
    (api.unknown_job, {"GET /api/jobs/*": (410, BROKEN_OFF)}),
    (api.nonsense_job, {"GET /api/jobs/*": (404, BROKEN_OFF)}),
    (api.error_body, {"GET /api/*": (404, {"error": "no"}), "POST /api/*": (422, {"detail": [{"msg": "no"}]})}),
    (calendar.nonsense, {"POST /api/generate/ics": (422, BROKEN_OFF)}),
    (refused_uploads.large, {"POST /api/upload": (413, b"")}),
    (refused_uploads.truncated, {"POST /api/upload": (415, b"")}),
    (sign_in.DOORS[0], {"GET /api/calendars": (403, b"")}),
]
WRONG_IN_ANY_WORDS: list[tuple[Check, dict[str, Answer]]] = [
    (backend_health, {"GET /health": (200, {"status": "ok", "checks": {"db": {"status": "down"}}})}),
    (backend_health, {"GET /health": (200, "<p>fine</p>")}),
    (backend_health, {"GET /health": (503, HEALTHY)}),
    (worker_health, {"GET /health": (200, {"status": "degraded"})}),
    (queue_metrics, {"GET /api/jobs/metrics": (200, {"waiting": -1})}),
    (queue_metrics, {"GET /api/jobs/metrics": (200, COUNTS | {"total": 7})}),
    (api.unknown_job, {"GET /api/jobs/*": (200, BROKEN_OFF)}),
    (api.unknown_job, {"GET /api/jobs/*": (401, BROKEN_OFF)}),
    (api.nonsense_job, {"GET /api/jobs/*": (500, BROKEN_OFF)}),
    (api.error_body, {"GET /api/*": (404, {}), "POST /api/*": (400, {"error": "no"})}),
    (api.error_body, {"GET /api/*": (404, "<p>"), "POST /api/*": (400, {"error": "no"})}),
    (calendar.nonsense, {"POST /api/generate/ics": (200, b"")}),
    (refused_uploads.large, {"POST /api/upload": (201, {"jobId": JOB})}),
    (refused_uploads.large, {"POST /api/upload": (502, b"")}),
    (sign_in.DOORS[0], {"GET /api/calendars": (200, b"[]")}),
]


@pytest.mark.parametrize(("one", "answers"), IN_OTHER_WORDS, ids=lambda value: getattr(value, "name", str(value)))
def test_other_words_fail_only_where_the_letter_counts(one: Check, answers: dict[str, Answer]) -> None:
    found = look(one, answers, OF_THE_KIND)
    assert found.outcome is Outcome.PASS, str(found)
    assert look(one, answers, REFERENCE).outcome is Outcome.FAIL


@pytest.mark.parametrize(("one", "answers"), WRONG_IN_ANY_WORDS, ids=lambda value: getattr(value, "name", str(value)))
@pytest.mark.parametrize("contract", [OF_THE_KIND, REFERENCE])
def test_what_is_wrong_fails_at_both_levels(one: Check, answers: dict[str, Answer], contract: str) -> None:
    found = look(one, answers, contract)
    assert found.outcome is Outcome.FAIL, str(found)


@pytest.mark.parametrize(
    ("change", "of_the_kind"), [({}, Outcome.PASS), ({"id": "other"}, Outcome.FAIL), ({"status": "done"}, Outcome.FAIL)]
)
def test_record_of_a_job_needs_its_id_and_its_status(change: dict[str, Any], of_the_kind: Outcome) -> None:
    with fake_system({f"GET /api/jobs/{JOB}": (200, RECORD | change)}) as served:
        for contract, outcome in ((OF_THE_KIND, of_the_kind), (REFERENCE, Outcome.FAIL)):
            here = context(at(served.url, contract))
            here.artifacts.note(kinds.JOB, JOB)
            assert api.job_record(here).outcome is outcome


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ((200, {"jobId": JOB}), None),
        ((202, {"jobId": JOB, "pdfType": "exam"}), None),
        ((201, {"jobId": JOB, "pdfType": "test"}), "taken for 'test'"),
        ((204, b""), "-> 204"),
        ((200, {"pdfType": "exam"}), "no job id"),
    ],
)
def test_upload_is_accepted_with_200_as_with_201_and_always_with_an_id(answer: Reply, seen: str | None) -> None:
    with fake_system({"GET /": answer}) as served:
        given = httpx.get(served.url, trust_env=False)
        letter = context(at(served.url, REFERENCE))
        kind = context(at(served.url, OF_THE_KIND))
    with pytest.raises(CheckFailed):
        accepted(letter, given, "exam")
    if seen is None:
        assert accepted(kind, given, "exam") == JOB
    else:
        with pytest.raises(CheckFailed, match=seen):
            accepted(kind, given, "exam")


def limited(allowed: int) -> dict[str, Answer]:
    """Answer as a system that takes so many uploads a minute and address."""
    used: dict[str, int] = {}

    def answer(asked: Asked) -> Reply:
        here = asked.headers["x-forwarded-for"]
        used[here] = used.get(here, 0) + 1
        said = {"Limit": allowed, "Remaining": max(0, allowed - used[here]), "Reset": 30}
        headers = [(f"X-RateLimit-{name}", str(value)) for name, value in said.items()]
        if used[here] > allowed:
            return 429, {"headers": [*headers, ("Retry-After", "30")]}
        return (400 if asked.method == "POST" else 200), {"headers": headers}

    return {"POST /api/upload": answer, "GET /api/auth/status": answer}


@pytest.mark.parametrize(
    ("allowed", "of_the_kind"), [(3, Outcome.PASS), (5, Outcome.PASS), (12, Outcome.PASS), (500, Outcome.SKIPPED)]
)
def test_limit_of_uploads_is_the_one_that_is_announced(allowed: int, of_the_kind: Outcome) -> None:
    assert look(limits.upload_limit, limited(allowed), OF_THE_KIND).outcome is of_the_kind
    letter = look(limits.upload_limit, limited(allowed), REFERENCE)
    assert letter.outcome is (Outcome.PASS if allowed == limits.UPLOADS else Outcome.FAIL)


def test_limit_that_is_announced_and_not_kept_is_seen() -> None:
    answers = limited(3)
    kept = answers["POST /api/upload"]

    def lenient(asked: Asked) -> Reply:
        status, said = kept(asked) if callable(kept) else kept
        return (400 if status == 429 else status), said

    assert look(limits.upload_limit, answers | {"POST /api/upload": lenient}, OF_THE_KIND).outcome is Outcome.FAIL


def test_system_without_limits_is_asked_for_none_unless_the_letter_counts() -> None:
    silent: dict[str, Answer] = {"GET /api/auth/status": (200, {})}
    assert look(limits.headers, silent, OF_THE_KIND).outcome is Outcome.SKIPPED
    assert look(limits.headers, silent, REFERENCE).outcome is Outcome.FAIL


def test_queue_that_is_counted_in_other_words_is_left_out() -> None:
    assert look(queue_metrics, {"GET /api/jobs/metrics": (200, {"queued": 1})}, OF_THE_KIND).outcome is Outcome.SKIPPED


def test_checks_of_both_levels_are_in_neither_list() -> None:
    assert not {one.name for one, _ in IN_OTHER_WORDS} & set(TO_THE_LETTER)


def test_health_that_names_its_store_in_other_words_names_it() -> None:
    sick = {"status": "error", "checks": {"postgresql": {"status": "down"}}}
    with fake_system({"GET /health": (503, sick)}) as served:
        for contract, outcome in ((OF_THE_KIND, Outcome.PASS), (REFERENCE, Outcome.FAIL)):
            here = replace(context(at(served.url, contract)), down=frozenset({"postgres"}))
            assert backend_health(here).outcome is outcome
