"""What an earlier run left in the output folder: a run replaces it when it has something to put in its place.

That is when the first drill, or the first check, is judged, in whichever process comes there first. A run replaces only
what stood there when it began, and of that only the files that a run of its kind writes.
"""

from __future__ import annotations

import json
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from drills.common.bounded import locked
from drills.drill.records import own_files
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
    """What stood in *output* before the run with the id *run_id*; *kind* is what this run replaces: drills, checks.

    *tests* are the folders and modules of this kind's tests, *paths* the files of an earlier run.
    """

    output: Path
    run_id: str
    kind: str
    tests: frozenset[str]
    paths: tuple[Path, ...]

    def remove(self, *, and_then: Callable[[], object] = lambda: None) -> None:
        """Remove it, and do what comes *and_then*, once a run, however many processes the run has.

        It is moved aside first, and back where that is interrupted: it is there as a whole, or not at all.
        """
        self._mark.parent.mkdir(parents=True, exist_ok=True)
        with locked(self._mark.with_suffix(".lock"), REMOVED_S):
            if self.replaced():
                return
            aside = run_folder(self.output, self.run_id) / f"earlier-{self.kind}"
            moved: list[tuple[Path, Path]] = []
            try:
                moved.extend((path, _moved(path, aside / path.relative_to(self.output))) for path in self.paths)
                and_then()
                self._mark.write_text(self.run_id, encoding="utf-8")
            except BaseException:
                for path, there in moved:
                    _moved(there, path)
                raise
        for folder in {path.parent for path in self.paths}:
            with suppress(OSError):  # there is something else in it, such as another result
                folder.rmdir()
        shutil.rmtree(aside, ignore_errors=True)

    def replaced(self) -> bool:
        """Whether this run has something of its own there already."""
        return self._mark.exists() and self._mark.read_text(encoding="utf-8") == self.run_id

    def gives_way(self) -> bool:
        """Whether what this run writes may stand in the output folder: it has judged something, or is the first."""
        return self.replaced() or not self.paths

    def results_in(self, folder: Path) -> set[Path]:
        """Return the results of this kind's tests in *folder*, with their attachments."""
        return set(_results(folder, self.tests))

    @property
    def _mark(self) -> Path:
        return self.output / RUN / f"{self.kind}-begun"


def run_folder(output: Path, run_id: str) -> Path:
    """Return where the run *run_id* writes what has not been judged yet."""
    return output / RUN / f"run-{run_id}"


def drills_left(output: Path, run_id: str, tests: Collection[str]) -> EarlierRun:
    """Find the records of drills in *output*, and the results of the *tests*, by the folder or module they are in."""
    arms = [path.parent for path in (output / "drills").glob(f"*/{FILE}") if ARM_FOLDER.fullmatch(path.parent.name)]
    recorded = (path for arm in arms for path in own_files(arm))
    paths = (*recorded, *_results(output / RESULTS, tests))
    return EarlierRun(output, run_id, "drills", frozenset(tests), paths)


def checks_left(output: Path, run_id: str, tests: Collection[str]) -> EarlierRun:
    """Find the results of the *tests* in *output*, by the folder or module they are in."""
    paths = tuple(_results(output / RESULTS, tests))
    return EarlierRun(output, run_id, "checks", frozenset(tests), paths)


def forget_others(output: Path, run_id: str) -> None:
    """Remove what runs that were killed had not judged yet: the output folder belongs to the run *run_id*."""
    for folder in (output / RUN).glob("run-*"):
        if folder != run_folder(output, run_id):
            shutil.rmtree(folder, ignore_errors=True)


def _moved(path: Path, to: Path) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        path.rename(to)
    return to


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
