"""Where arms are recorded: beside what stands in the output folder, and moved into its place when they are judged."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from drills.record.arm_verdict import read_verdict
from drills.record.format import RecordError
from drills.record.reader import FILE
from drills.record.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WRITTEN: Final = (
    FILE,
    "verdict.json",
    "outcome.json",
    "ledger-*",
    "locust.log",
    "chart.*",
    "arms.*",
)
"""What drills and their reports write into the folder of an arm; whatever else is there stays."""


@dataclass(frozen=True)
class Records:
    """The folders of a run's arms below *output*, each written below *beside* first, on the same file system.

    *may_replace* is asked with the folder in *output* and whether its arm was judged, before the record is moved there:
    where it answers no, the record stays below *beside*.
    """

    output: Path
    beside: Path
    may_replace: Callable[[Path, bool], bool] = lambda *_: True

    def new(self, folder: Path) -> Path:
        """Return where the record for *folder* is written, with nothing in it."""
        written = self._beside(folder)
        shutil.rmtree(written, ignore_errors=True)
        return written

    def keep(self, folder: Path, *, judged: bool) -> None:
        """Move the record to *folder*, where there is one and it may be moved."""
        written = self._beside(folder)
        if written.is_dir() and self.may_replace(folder, judged):
            replace(written, folder)

    def _beside(self, folder: Path) -> Path:
        return self.beside / folder.relative_to(self.output)


def replace(written: Path, folder: Path) -> None:
    """Put the record in *written* into the place of the one in *folder*; other files there stay.

    The history comes first, and what only the old record had goes last: a kill in between leaves one of both whole.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not folder.exists():
        written.rename(folder)
        return
    new = sorted(written.iterdir(), key=lambda path: path.name != FILE)
    is_begun = written / FILE not in new  # a kill came in between, and what is there belongs to the new record as well
    old = set() if is_begun else set(own_files(folder)) - {folder / path.name for path in new}
    for path in new:
        path.replace(folder / path.name)
    for path in old:
        path.unlink(missing_ok=True)
    written.rmdir()


def judged(folder: Path) -> bool:
    """Tell whether an arm that was broken off had reached a verdict, as one whose durability was interrupted."""
    try:
        return read_verdict(folder).verdict is not Verdict.UNKNOWN
    except RecordError:
        return False


def own_files(folder: Path) -> Iterator[Path]:
    """Yield the files in *folder* that an arm and its reports write."""
    for pattern in WRITTEN:
        yield from folder.glob(pattern)
