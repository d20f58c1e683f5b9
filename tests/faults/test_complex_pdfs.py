"""The long files come first, and each of them is one that was promised."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Self

import pytest

from drills.load.ledger import Promise
from load.expected_end import OF_CONTENT
from load.profiles import Content, StudentProfile, contents
from scenarios.faults import complex_pdfs
from scenarios.faults.complex_pdfs import FIRST, ComplexPdfs
from scenarios.helpers import upload_backlog

if TYPE_CHECKING:
    from drills import System

FILLED = 600


class Uploads:
    """Accepts what would be uploaded, instead of uploading it."""

    def __init__(self, _: str, profile: StudentProfile) -> None:
        self._files = contents(profile)
        self.promises: tuple[Promise, ...] = ()
        self.answered = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, number: int) -> None:
        sent = islice(self._files, number)
        self.promises += tuple(Promise(f"{content}-{place}", OF_CONTENT[content]) for place, content in enumerate(sent))

    def until(self, *_: object, **__: object) -> None:
        self.send(FILLED)

    def go_on(self, _: float) -> None:
        pass

    def stop(self) -> None:
        pass


@pytest.fixture
def fault(system: System, monkeypatch: pytest.MonkeyPatch) -> ComplexPdfs:
    monkeypatch.setattr(complex_pdfs, "UploadBurst", Uploads)
    monkeypatch.setattr(upload_backlog, "UploadBurst", Uploads)
    found = ComplexPdfs()
    found.inject(system)
    return found


def test_long_files_stand_at_the_head_of_the_queue_and_must_be_read(fault: ComplexPdfs) -> None:
    promised = fault.acknowledged()
    assert len(promised) == FIRST + FILLED
    assert {promise.deserves for promise in promised[:FIRST]} == {OF_CONTENT[Content.FACULTY]}
    assert {promise.deserves for promise in promised[FIRST:]} == {OF_CONTENT[Content.SHORT]}
