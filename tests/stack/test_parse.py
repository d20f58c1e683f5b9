"""The parser in its image, asked over HTTP in the running stack."""

from collections.abc import Callable

import httpx
import pytest

from checks import schedules
from drills.drill.sandbox_pool import SandboxPool
from tests.helpers.other_documents import not_a_schedule_pdf

pytestmark = pytest.mark.sandbox
NAMES = ("module", "activity", "group", "day", "date", "startTime", "endTime", "venue")
Make = Callable[[str], bytes]
Expect = Callable[[str], tuple[schedules.Expected, ...]]


Parse = Callable[[bytes], httpx.Response]


@pytest.fixture
def parse(sandbox_pool: SandboxPool) -> Parse:
    system = sandbox_pool.system()
    url = f"{system.stack.url('worker')}/parse"
    return lambda content: httpx.post(url, files={"file": ("a.pdf", content, "application/pdf")}, timeout=10)


@pytest.mark.parametrize(
    ("make", "expect", "kind"),
    [
        pytest.param(schedules.lecture_pdf, schedules.expected_lectures, "lecture", id="lecture"),
        pytest.param(schedules.test_pdf, schedules.expected_tests, "test", id="test"),
        pytest.param(schedules.exam_pdf, schedules.expected_exams, "exam", id="exam"),
    ],
)
def test_a_printed_schedule_gives_its_events(parse: Parse, make: Make, expect: Expect, kind: str) -> None:
    answer = parse(make("COS110")).json()
    assert answer["type"] == kind
    assert [tuple(event[name] for name in NAMES) for event in answer["events"]] == list(expect("COS110"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(schedules.corrupt_pdf(), "is not a time such as", id="corrupt"),
        pytest.param(not_a_schedule_pdf(), "none of the titles", id="not-a-schedule"),
        pytest.param(b"%PDF-1.7 nothing more", "not a readable PDF", id="no-pdf"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(parse: Parse, content: bytes, sentence: str) -> None:
    answer = parse(content)
    assert answer.status_code == 400
    assert sentence in answer.json()["detail"]["details"]
