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
from drills.drill.records import judged, own_files, replace
from drills.plugin.output import RUN
from drills.record.reader import FILE
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

REMOVED_S: Final = 120.0
"""How long another process of this run may take to remove what an earlier run left."""
RESULTS: Final = "allure-results"
DRILLS: Final = "drills"
"""The kind of run that replaces the records of drills."""
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
        return _has_begun(self.output, self.kind, self.run_id)

    def gives_way(self) -> bool:
        """Whether what this run writes may stand in the output folder: it has judged something, or is the first."""
        return self.replaced() or not self.paths

    def results_in(self, folder: Path) -> set[Path]:
        """Return the results of this kind's tests in *folder*, with their attachments."""
        return set(_results(folder, self.tests))

    @property
    def _mark(self) -> Path:
        return _begun(self.output, self.kind)


def run_folder(output: Path, run_id: str) -> Path:
    """Return where the run *run_id* writes what has not been judged yet."""
    return output / RUN / f"run-{run_id}"


def drills_left(output: Path, run_id: str, tests: Collection[str]) -> EarlierRun:
    """Find the records of drills in *output*, and the results of the *tests*, by the folder or module they are in."""
    arms = [path.parent for path in (output / "drills").glob(f"*/{FILE}") if ARM_FOLDER.fullmatch(path.parent.name)]
    recorded = (path for arm in arms for path in own_files(arm))
    paths = (*recorded, *_results(output / RESULTS, tests))
    return EarlierRun(output, run_id, DRILLS, frozenset(tests), paths)


def checks_left(output: Path, run_id: str, tests: Collection[str]) -> EarlierRun:
    """Find the results of the *tests* in *output*, by the folder or module they are in."""
    paths = tuple(_results(output / RESULTS, tests))
    return EarlierRun(output, run_id, "checks", frozenset(tests), paths)


def forget_others(output: Path, run_id: str) -> None:
    """Remove what runs that were killed had not judged yet: the output folder belongs to the run *run_id*."""
    for folder in (output / RUN).glob("run-*"):
        if folder != run_folder(output, run_id):
            shutil.rmtree(folder, ignore_errors=True)


def recover(output: Path) -> None:
    """Put back what runs that were killed had moved aside, unless they had begun to replace it.

    Then what they had judged takes its place: a kill right before that has left the one nowhere, and the other beside.
    """
    for run in sorted((output / RUN).glob("run-*")):
        run_id = run.name.removeprefix("run-")
        for aside in run.glob("earlier-*"):
            if not _has_begun(output, aside.name.removeprefix("earlier-"), run_id):
                _put_back(aside, output)
            shutil.rmtree(aside)
        if _has_begun(output, DRILLS, run_id):
            for arm in filter(judged, sorted(run.glob("drills/*"))):
                replace(arm, output / "drills" / arm.name)


def _put_back(aside: Path, output: Path) -> None:
    for path in [path for path in aside.rglob("*") if path.is_file()]:
        to = output / path.relative_to(aside)
        if not to.exists():
            _moved(path, to)


def _begun(output: Path, kind: str) -> Path:
    return output / RUN / f"{kind}-begun"


def _has_begun(output: Path, kind: str, run_id: str) -> bool:
    mark = _begun(output, kind)
    return mark.exists() and mark.read_text(encoding="utf-8") == run_id


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
