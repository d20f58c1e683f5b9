"""Pages are tested with verdicts made by hand; the tests that records are judged again are in `tests/record`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.record.arm_verdict import VERDICT, read_verdict
from drills.record.experiment_verdict import Rejudged
from drills.record.format import RecordError
from drills.record.reader import read
from drills.reports import collect

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def as_written(folders: Iterable[Path]) -> Rejudged:
    """Believe each verdict's file, as the reports must not."""
    found = Rejudged({}, {}, {}, {})
    for folder in folders:
        try:
            history = read(folder)
            if (folder / VERDICT).exists():
                found.verdicts[folder] = read_verdict(folder)
            found.histories[folder] = history
        except RecordError as error:
            found.problems[folder] = str(error)
    return found


@pytest.fixture(autouse=True)
def _verdicts_made_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "rejudge", as_written)
