"""Where arms are recorded: beside what stands in the output folder, and moved into its place when they are judged."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WRITTEN: Final = (
    "history.jsonl",
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
    """Put the record in *written* into the place of the one in *folder*; other files there stay."""
    remove(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not folder.exists():
        written.rename(folder)
        return
    for path in written.iterdir():
        path.replace(folder / path.name)
    written.rmdir()


def remove(folder: Path) -> None:
    """Remove the record in *folder*, and the folder with it where nothing else is there."""
    if not folder.is_dir():
        return
    for path in own_files(folder):
        path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def own_files(folder: Path) -> Iterator[Path]:
    """Yield the files in *folder* that an arm and its reports write."""
    for pattern in WRITTEN:
        yield from folder.glob(pattern)
