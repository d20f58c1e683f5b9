"""Note on disk what checks leave in a system, so that the next run can clean up after a killed one."""

from __future__ import annotations

import fcntl
import json
import re
import secrets
import time
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from threading import Lock
from typing import IO, TYPE_CHECKING, Any, Final
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MARK = "SYN"
"""Every name that checks give to something has this in it: keys, tables, objects, names inside documents."""
_TAG: Final = re.compile(rf"{MARK}([0-9A-Z]{{5}})[0-9A-Z]{{5}}", re.IGNORECASE)
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MINUTE_S: Final = 60


class Kind(StrEnum):
    """What checks of any system may leave behind; a suite names further kinds of its own.

    A key is noted as `synthetic:…`, a table as `synthetic_…`, an object as `synthetic/…`: nothing of another name is
    removed.
    """

    OBJECT = "object"
    KEY = "key"
    TABLE = "table"


@dataclass(frozen=True)
class Artifact:
    """One thing that a check left, and when (seconds since the epoch)."""

    kind: str
    name: str
    at_s: float


def new_tag() -> str:
    """Return a new tag of 13 characters: SYN, the minute in which it is made, and five random characters.

    By the minute a later run can tell a run that is under way from one that was killed long ago.
    """
    minute = int(time.time()) // _MINUTE_S
    random = secrets.randbelow(len(_DIGITS) ** 5)
    return f"{MARK}{_written(minute)}{_written(random)}"


def made_at_s(name: str) -> float | None:
    """Return the end of the minute in which the tag inside *name* was made (seconds since the epoch), or None."""
    match = _TAG.search(name)
    return float((int(match[1], len(_DIGITS)) + 1) * _MINUTE_S) if match else None


def tag_in(text: str) -> str | None:
    """Return the first tag in *text*, None where there is none."""
    match = _TAG.search(text)
    return match[0] if match else None


def _written(number: int) -> str:
    """Return the last five digits of *number* to the base of 36."""
    return "".join(_DIGITS[number // len(_DIGITS) ** place % len(_DIGITS)] for place in reversed(range(5)))


@dataclass
class Artifacts:
    """Notes of one run against one system; *path* is a file of JSON lines, None for notes in memory only.

    The file is made with the first note, and locked until its run ends: the kernel releases the lock of a killed run,
    so the next run can tell which notes it may take over.
    """

    path: Path | None = None
    system: str = ""
    _noted: list[Artifact] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _file: IO[str] | None = None

    def note(self, kind: str, name: str) -> None:
        """Note that *name* is about to be left, or was; the note is on disk before this returns."""
        artifact = Artifact(kind, name, round(time.time(), 3))
        with self._lock:
            self._noted.append(artifact)
            if self.path is not None:
                self._file = self._file or self._begin(self.path)
                self._file.write(json.dumps(asdict(artifact)) + "\n")
                self._file.flush()

    def noted(self, kind: str) -> tuple[str, ...]:
        """Return the names of that kind."""
        return tuple(artifact.name for artifact in self.all() if artifact.kind == kind)

    def all(self) -> tuple[Artifact, ...]:
        """Return everything noted, in its order."""
        with self._lock:
            return tuple(self._noted)

    def keep(self, left: Iterable[Artifact]) -> None:
        """Reduce the notes to what is *left* for the next run, and close the file; without any, the file is removed."""
        with self._lock:
            self._noted[:] = left
            if self._file is None or self.path is None:
                return
            if self._noted:
                rest = self.path.with_suffix(".rest")
                rest.write_text("".join(self._lines()), encoding="utf-8")
                rest.replace(self.path)
            else:
                self.path.unlink(missing_ok=True)
            self._file.close()
            self._file = None

    def _begin(self, path: Path) -> IO[str]:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a", encoding="utf-8")
        # Not filelock, which creates the file that it locks: notes that another run has just removed would come back.
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(self._head())
        return file

    def _lines(self) -> Iterator[str]:
        yield self._head()
        yield from (json.dumps(asdict(artifact)) + "\n" for artifact in self._noted)

    def _head(self) -> str:
        return json.dumps({"system": self.system}) + "\n"


def new_notes(folder: Path, system: str) -> Artifacts:
    """Return notes of a run against *system*, in a file of their own below *folder*."""
    return Artifacts(folder / f"{uuid4().hex}.jsonl", system)


def left_over(folder: Path, system: str) -> Iterator[Artifacts]:
    """Yield the notes of runs against *system* that ended without removing everything; call `keep` on each."""
    for path in sorted(folder.glob("*.jsonl")):
        try:
            file = path.open("r", encoding="utf-8")
        except FileNotFoundError:  # another run has just cleaned up
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            lines = [found for line in file if (found := _object(line))]
        except (BlockingIOError, UnicodeDecodeError):  # the file of a run under way, or no notes at all
            lines = []
        if lines and lines[0].get("system") == system:
            noted = [artifact for line in lines[1:] if (artifact := _artifact(line))]
            yield Artifacts(path, system, noted, _file=file)
        else:
            file.close()


def _artifact(raw: dict[str, Any]) -> Artifact | None:
    try:
        return Artifact(str(raw["kind"]), str(raw["name"]), float(raw["at_s"]))
    except (KeyError, TypeError, ValueError):
        return None


def _object(line: str) -> dict[str, Any] | None:
    """Read one line; a run that was killed while writing left half of the last one."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
