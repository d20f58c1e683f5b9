"""How a fault is taken away is on disk before there is one: what a kill leaves behind can be undone by hand."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from drills.drill.phases import prepare
from drills.record.events import Undo
from drills.record.recorder import Recorder
from tests.helpers.histories import documented

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.drill.run import Run

LINE = "./scripts/rollback.sh"


class Preparing:
    """A run whose fault reads the record when it is prepared."""

    def __init__(self, record: Recorder) -> None:
        self.record = record
        self.system = None
        self.fault = SimpleNamespace(undo=(LINE,), prepare=self._prepare)
        self.on_disk: str | None = None

    @contextmanager
    def phase(self, *_: object) -> Iterator[None]:
        yield

    def _prepare(self, _: object) -> None:
        self.on_disk = (self.record.folder / "history.jsonl").read_text(encoding="utf-8")


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Recorder]:
    with Recorder(tmp_path / "5.1-documented", str) as recorder:
        recorder.write(**documented()[0])
        yield recorder


def test_undo_is_on_disk_before_the_fault_is_prepared(record: Recorder) -> None:
    run = Preparing(record)
    prepare(cast("Run", run))
    assert LINE in (run.on_disk or "")
    assert [event.lines for event in record.events if isinstance(event, Undo)] == [(LINE,)]


def test_undo_that_cannot_be_written_keeps_the_fault_away(record: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Preparing(record)
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 - a device, opened as the record is
        monkeypatch.setattr(record, "_file", full)
        with pytest.raises(OSError, match="No space left"):
            prepare(cast("Run", run))
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space left"):
            full.close()
    assert run.on_disk is None
