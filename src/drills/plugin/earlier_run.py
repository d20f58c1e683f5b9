"""What an earlier run left in the output folder: a run removes it when it has something to put in its place.

That is when the first drill, or the first check, is about to be judged, in whichever process comes there first. A run
removes only what stood there when it began, and of that only what a run of its kind writes.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from drills.common.bounded import locked
from drills.plugin.output import RUN
from drills.record.reader import FILE
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

REMOVED_S: Final = 120.0
"""How long another process of this run may take to remove what an earlier run left."""
RESULTS: Final = "allure-results"
ARM_FOLDER: Final = re.compile(rf"[\w.]+-({'|'.join(Arm)})")


@dataclass(frozen=True)
class EarlierRun:
    """What stood in *output* before the run with the id *run_id*; *kind* is what this run replaces: drills, checks."""

    output: Path
    run_id: str
    kind: str
    paths: tuple[Path, ...]

    def remove(self, *, and_then: Callable[[], object] = lambda: None) -> None:
        """Remove it, and do what comes *and_then*, once a run, however many processes the run has."""
        self._mark.parent.mkdir(parents=True, exist_ok=True)
        with locked(self._mark.with_suffix(".lock"), REMOVED_S):
            if self.replaced():
                return
            for path in self.paths:
                _remove(path)
            and_then()
            self._mark.write_text(self.run_id, encoding="utf-8")

    def replaced(self) -> bool:
        """Whether this run has something of its own there already."""
        return self._mark.exists() and self._mark.read_text(encoding="utf-8") == self.run_id

    @property
    def _mark(self) -> Path:
        return self.output / RUN / f"{self.kind}-begun"


def drills_left(output: Path, run_id: str, tests: Collection[str]) -> EarlierRun:
    """Find the records of drills in *output*, and the results of the *tests*, by the folder or module they are in."""
    arms = [path.parent for path in (output / "drills").glob(f"*/{FILE}") if ARM_FOLDER.fullmatch(path.parent.name)]
    return EarlierRun(output, run_id, "drills", (*arms, *_results(output / RESULTS, tests)))


def checks_left(output: Path, run_id: str, tests: Collection[str]) -> EarlierRun:
    """Find the results of the *tests* in *output*, by the folder or module they are in."""
    return EarlierRun(output, run_id, "checks", tuple(_results(output / RESULTS, tests)))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _results(folder: Path, tests: Collection[str]) -> Iterator[Path]:
    """Yield each result of these tests with its attachments, and what was noted of fixtures around them."""
    gone: set[str] = set()
    for path in folder.glob("*-result.json"):
        result = _json(path)
        if str(result.get("fullName", "")).partition("#")[0].partition(".")[0] in tests:
            gone.add(str(result.get("uuid")))
            yield from (path, *_attachments(folder, result))
    for path in folder.glob("*-container.json"):
        container = _json(path)
        if container and gone.issuperset(container.get("children", ())):
            yield from (path, *_attachments(folder, container))


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _attachments(folder: Path, part: dict[str, Any]) -> Iterator[Path]:
    """Yield the files that a result or one of its steps names; never one outside the *folder*."""
    for attachment in part.get("attachments", ()):
        yield folder / Path(str(attachment.get("source", "none"))).name
    for name in ("steps", "befores", "afters"):
        for step in part.get(name, ()):
            yield from _attachments(folder, step)
