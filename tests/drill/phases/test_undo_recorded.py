"""The lines that undo a fault are on disk before it is prepared, so that a person can undo it after a kill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.drill.arm.head import head
from drills.drill.phases.until_diagnosis import prepare
from drills.record.events import Undo
from tests.helpers.runs import QuietFault, a_run, a_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from drills.drill.arm.run import Run
    from drills.drill.system import System

LINE = "./scripts/rollback.sh"


class ReadsTheRecord(QuietFault):
    """A fault that reads the record when it is prepared."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.on_disk: str | None = None

    def undo(self, system: System) -> tuple[str, ...]:  # noqa: ARG002
        return (LINE,)

    def prepare(self, system: System) -> None:  # noqa: ARG002
        self.on_disk = (self._folder / "history.jsonl").read_text(encoding="utf-8")


def preparing(folder: Path) -> tuple[Run, ReadsTheRecord]:
    fault = ReadsTheRecord(folder)
    run = a_run(folder, a_scenario(fault))
    run.record.write("drill", t=0.0, **head(run))
    return run, fault


def test_undo_is_on_disk_before_the_fault_is_prepared(tmp_path: Path) -> None:
    run, fault = preparing(tmp_path)
    prepare(run)
    assert LINE in (fault.on_disk or "")
    assert [event.lines for event in run.record.events if isinstance(event, Undo)] == [(LINE,)]


def test_undo_that_cannot_be_written_keeps_the_fault_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, fault = preparing(tmp_path)
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 - a device, opened as the record is
        monkeypatch.setattr(run.record, "_file", full)
        with pytest.raises(OSError, match="No space left"):
            prepare(run)
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space left"):
            full.close()
    assert fault.on_disk is None
