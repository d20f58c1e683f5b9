"""There are so many poison PDFs, from the first upload to the last, that the queue never empties by itself."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING, Self

import pytest

from load.profiles import Content, contents
from scenarios.faults import workers_crashing
from scenarios.faults.workers_crashing import ONE_IN, WorkersCrashing
from scenarios.helpers import upload_backlog
from tests.helpers.quiet_system import QuietSandbox, quiet_system

if TYPE_CHECKING:
    from drills import System
    from load.profiles import StudentProfile

WORKERS = 2
LONGEST_WATCH_S = 60.0
LATER = 200
RESET_S = 10.0
BACK_OFF_S = 0.1
"""Docker's delay before the first restart; it doubles each time."""
THRESHOLD = round(upload_backlog.may_wait(quiet_system()))


class Uploads:
    """Keeps what would be uploaded, instead of uploading it."""

    sent: tuple[Content, ...] = ()
    goes_on: tuple[Content, ...] = ()
    rate_rps = 0.0

    def __init__(self, _: str, profile: StudentProfile) -> None:
        self._files = contents(profile)
        self.promises: tuple[str, ...] = ()
        self.answered = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, number: int) -> None:
        Uploads.sent += tuple(islice(self._files, number))

    def until(self, *_: object, **__: object) -> None:
        self.send(THRESHOLD)

    def go_on(self, rate_rps: float) -> None:
        Uploads.goes_on, Uploads.rate_rps = tuple(islice(self._files, LATER)), rate_rps


@pytest.fixture
def sent(system: System, monkeypatch: pytest.MonkeyPatch) -> tuple[Content, ...]:
    monkeypatch.setattr(workers_crashing, "UploadBurst", Uploads)
    monkeypatch.setattr(upload_backlog, "UploadBurst", Uploads)
    monkeypatch.setattr(Uploads, "sent", ())
    WorkersCrashing().inject(system)
    return Uploads.sent


def test_poison_outlasts_the_starts_of_all_workers(system: System, sent: tuple[Content, ...]) -> None:
    """Each poison PDF kills twice: within the longest recovery, workers search once for stalled jobs."""
    starts = next(n for n in range(1, 100) if BACK_OFF_S * (2**n - 1) > LONGEST_WATCH_S)
    incident = system.runbook.incident(4)
    too_few = round(THRESHOLD - system.runbook.target(incident).value)
    assert sent[:too_few].count(Content.POISON) * 2 >= starts * WORKERS


def test_queue_begins_with_poison(sent: tuple[Content, ...]) -> None:
    assert set(sent[: 2 * WORKERS]) == {Content.POISON}


def test_poison_keeps_arriving_for_as_long_as_files_are_uploaded(sent: tuple[Content, ...]) -> None:
    for files in (sent[2 * WORKERS :], Uploads.goes_on):
        gaps = [len(list(good)) for content, good in groupby(files) if content is not Content.POISON]
        assert max(gaps) < ONE_IN


@pytest.mark.usefixtures("sent")
def test_more_is_uploaded_than_crashing_workers_get_done() -> None:
    """Docker forgets how often a container crashed once it ran for ten seconds: it never starts one more rarely."""
    assert Uploads.rate_rps > WORKERS * ONE_IN / RESET_S


def test_each_worker_opens_one_poison_pdf_at_a_time(system: System, sandbox: QuietSandbox) -> None:
    WorkersCrashing().prepare(system)
    change, remove, create = sandbox.lines
    assert "WORKER_CONCURRENCY=1" in change
    assert remove.startswith("docker-compose ps -aq pdf-worker |")
    assert create.startswith("docker-compose up -d --no-deps pdf-worker ")
