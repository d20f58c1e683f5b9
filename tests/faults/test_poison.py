"""Of the poisoned rush, so much is poison and so far ahead that doing nothing leaves the queue over its target."""

from __future__ import annotations

from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self, cast

import pytest

from drills import runbook
from load.profiles import Content, contents
from scenarios.faults import backlog, poison, settings
from scenarios.faults.poison import PoisonPdf
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.drill.system import System
    from load.profiles import StudentProfile

WORKERS = 2
LONGEST_WATCH_S = 60.0
BACK_OFF_S = 0.1
"""Docker's delay before the first restart; it doubles each time."""
BOOK = runbook.load(RUNBOOK)


class Uploads:
    """Keeps what would be uploaded, instead of uploading it."""

    sent: tuple[Content, ...] = ()

    def __init__(self, _: str, profile: StudentProfile) -> None:
        self._files = contents(profile)
        self.jobs: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, number: int) -> None:
        Uploads.sent += tuple(islice(self._files, number))

    def until(self, *_: object, **__: object) -> None:
        self.send(round(backlog.threshold(SITE)))

    def go_on(self, _: float) -> None:
        pass


class Redis:
    """A connection that is opened and closed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


SITE = cast(
    "System",
    SimpleNamespace(
        runbook=BOOK,
        redis=Redis,
        target=SimpleNamespace(front_url="http://here"),
        stack=SimpleNamespace(descriptor=SimpleNamespace(queue="pdf-processing")),
    ),
)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> tuple[Content, ...]:
    monkeypatch.setattr(poison, "UploadBurst", Uploads)
    monkeypatch.setattr(backlog, "UploadBurst", Uploads)
    monkeypatch.setattr(Uploads, "sent", ())
    PoisonPdf().inject(SITE)
    return Uploads.sent


def test_bombs_outlast_the_starts_of_all_workers(sent: tuple[Content, ...]) -> None:
    """Each bomb kills twice: in the longest watch, workers look once for jobs whose worker is gone."""
    starts = next(n for n in range(1, 100) if BACK_OFF_S * (2**n - 1) > LONGEST_WATCH_S)
    incident = BOOK.incident(4)
    too_few = round(backlog.threshold(SITE) - BOOK.target(incident).value)
    assert sent[:too_few].count(Content.POISON) * 2 >= starts * WORKERS


def test_queue_begins_with_bombs(sent: tuple[Content, ...]) -> None:
    assert set(sent[: 2 * WORKERS]) == {Content.POISON}


def test_last_uploads_are_none_that_fail_last_of_all(sent: tuple[Content, ...]) -> None:
    assert Content.POISON not in sent[len(sent) * 2 // 3 :]


def test_each_worker_meets_one_bomb_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    note: Callable[..., None] = lambda *what, **values: done.append(values or what[1:])  # noqa: E731
    monkeypatch.setattr(settings, "change", note)
    monkeypatch.setattr(settings, "apply", note)
    PoisonPdf().prepare(SITE)
    assert done == [{"WORKER_CONCURRENCY": 1}, ("worker",)]
