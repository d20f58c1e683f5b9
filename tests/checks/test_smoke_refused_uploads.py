import io
import itertools
from typing import Any

import pytest

from checks import schedules
from checks.cleanup import kinds
from checks.smoke import counted as exposition
from checks.smoke import refused_uploads
from drills.checks.definition import Check
from drills.checks.result import Outcome
from tests.helpers.checking import context, everywhere, look, require
from tests.helpers.fake_system import Answer, Asked, fake_system

JOB = "00000000-0000-4000-8000-000000000001"
ACCEPTED = (201, {"jobId": JOB, "pdfType": "lecture"})
ALL = (
    refused_uploads.no_file,
    refused_uploads.no_pdf,
    refused_uploads.empty,
    refused_uploads.large,
    refused_uploads.truncated,
    refused_uploads.encrypted,
)
UNREADABLE = (refused_uploads.truncated, refused_uploads.encrypted)
COUNTED = """# TYPE pdf_jobs_total counter
pdf_jobs_total{type="exam",status="completed"} 2
pdf_processing_duration_seconds_count{type="exam",status="completed"} 2
"""


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_refused_upload(one: Check) -> None:
    require(look(one, {"POST /api/upload": (400, {"message": "file, text/plain, 10 MiB"})}), "")
    require(look(one, {"POST /api/upload": (413, {"message": "no"})}), "-> 413")
    require(look(one, {"POST /api/upload": (500, {"message": "no"})}), "-> 500")


@pytest.mark.parametrize("one", ALL[:4], ids=lambda one: one.name)
def test_accepted_upload_is_seen_and_noted(one: Check) -> None:
    with fake_system({"POST /api/upload": ACCEPTED}) as served:
        here = context(everywhere(served.url))
        require(one(here), "POST /api/upload -> 201")
    assert here.artifacts.noted(kinds.JOB) == (JOB,)


@pytest.mark.parametrize("one", UNREADABLE, ids=lambda one: one.name)
def test_unreadable_upload_may_fail_later_and_must_not_complete(one: Check) -> None:
    for status, seen in (("failed", ""), ("completed", "completed, of a file that cannot be read")):
        answers: dict[str, Answer] = {"POST /api/upload": ACCEPTED, "GET /api/jobs/*": (200, {"status": status})}
        require(look(one, answers), seen)


def test_files_are_what_they_are_called() -> None:
    assert len(refused_uploads.large_pdf()) == 10 * schedules.MIB + 1
    assert refused_uploads.large_pdf().startswith(b"%PDF-")
    assert b"/Encrypt" in schedules.encrypted_pdf()
    assert b"%%EOF" not in refused_uploads.truncated_pdf()


def test_empty_form_has_no_file_and_an_empty_file_has_a_name() -> None:
    for one, wanted in ((refused_uploads.no_file, b""), (refused_uploads.empty, b'name="file"; filename="SYN')):
        with fake_system({"POST /api/upload": (400, {})}) as served:
            one(context(everywhere(served.url)))
            body = io.BytesIO(served.asked[0].body).read()
        assert body == b"" if not wanted else wanted in body


def counting(*pages: str, jobs: int = 1) -> Any:
    turns = itertools.cycle(pages)
    with fake_system({"GET /metrics": lambda _: (200, next(turns).encode())}) as served:
        here = context(everywhere(served.url))
        for _ in range(jobs):
            here.artifacts.note(kinds.JOB, JOB)
        return exposition.jobs_counted(here)


def test_count_of_one_replica_among_several_is_found() -> None:
    require(counting("", "", COUNTED), "")


@pytest.mark.parametrize(
    "page",
    [
        "",
        COUNTED.replace("completed", "failed"),
        COUNTED.replace('type="exam",', ""),
        COUNTED.replace("} 2", "} 0"),
        COUNTED.partition("pdf_processing")[0],
    ],
    ids=["nothing", "failed", "no type", "zero", "no duration"],
)
def test_jobs_that_are_not_counted_are_seen(page: str) -> None:
    require(counting(page), "no completed job, with its type,")


def test_metrics_that_are_none_are_seen() -> None:
    require(counting("<html>\n"), "/metrics: line 1 is no sample")


def test_where_nothing_was_uploaded_nothing_has_to_be_counted() -> None:
    assert counting("", jobs=0).outcome is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ('http_request_duration_seconds_count{method="GET",route="/x",status="404"} 1', ""),
        ('http_request_duration_seconds_count{method="GET",route="/x",status="200"} 1', "with status 404"),
        ('http_request_duration_seconds_count{method="GET",route="/x",status="404"} NaN', "with status 404"),
    ],
)
def test_errors_are_counted(line: str, seen: str) -> None:
    def page(_: Asked) -> tuple[int, Any]:
        return 200, f"{line}\n".encode()

    require(look(exposition.errors_counted, {"GET /metrics": page}), seen)
