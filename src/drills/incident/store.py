"""Incident files: one an incident, a JSON object a line, appended to under a lock, so that no server is needed."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from drills.common.files import write_text
from drills.incident.entries import Opened, read_entry
from drills.incident.errors import IncidentError
from drills.record.format import RecordError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from drills.incident.entries import AnyEntry, Made

SUFFIX = ".jsonl"
LOCK_S = 30.0
"""How long another process may hold the folder; each holds it for one line."""
_ID = re.compile(r"INC-\d{4}-\d{2}-\d{2}-(\d{3,})")


def create(folder: Path, made: Made) -> str:
    """Write the file of a new incident and return its id: the day on which it began, and the next number of it.

    An incident that was made from the same record has its id already, and is not made again.
    """
    began = made.began
    with _locked(folder):
        number = 1 + max((int(_id(path)[1]) for path in folder.glob(f"INC-{began:%Y-%m-%d}-*{SUFFIX}")), default=0)
        identity = f"INC-{began:%Y-%m-%d}-{number:03d}"
        known = _made_from(folder, made)
        if known is None:
            write_text(folder / f"{identity}{SUFFIX}", "".join(map(_line, made.lines(identity))))
        return known or identity


def _made_from(folder: Path, made: Made) -> str | None:
    source = made.opened.source_sha256
    for path in sorted(folder.glob(f"INC-{made.began:%Y-%m-%d}-*{SUFFIX}")) if source else ():
        opened = read(folder, path.stem)[0]
        if isinstance(opened, Opened) and opened.source_sha256 == source:
            return opened.id
    return None


def append(folder: Path, identity: str, make: Callable[[Sequence[AnyEntry]], AnyEntry]) -> AnyEntry:
    """Append the line that *make* makes of those that are there; raises IncidentError, and then nothing is written."""
    with _locked(folder):
        entry = make(read(folder, identity))
        _write(_path(folder, identity), _line(entry).encode())
        return entry


def _write(path: Path, line: bytes) -> None:
    """Append *line* whole or not at all; what a kill tore off before is cut away first."""
    # Without a buffer: what it holds after an error would be tried again when the file is closed.
    with path.open("r+b", buffering=0) as file:
        size = _whole(file.readall())
        try:
            file.truncate(size)
            file.seek(size)
            written = file.write(line)
            os.fsync(file.fileno())
        except OSError as error:
            file.truncate(size)
            raise IncidentError(f"{path}: cannot be written to: {error.strerror or error}") from None
        if written != len(line):
            file.truncate(size)
            raise IncidentError(f"{path}: cannot be written to: there is no room for the line")


def _whole(content: bytes) -> int:
    return content.rfind(b"\n") + 1


def read(folder: Path, identity: str) -> tuple[AnyEntry, ...]:
    """Return the lines of an incident; a last one that a kill has torn is left out. Raises IncidentError."""
    path = _path(folder, identity)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise IncidentError(f"there is no incident {identity} in {folder}; {_known(folder)}") from None
    except OSError as error:
        raise IncidentError(f"{path}: cannot be read: {error.strerror or error}") from None
    lines = content[: _whole(content)].splitlines()
    try:
        entries = tuple(read_entry(line, f"{path}:{number}") for number, line in enumerate(lines, start=1))
    except RecordError as error:
        raise IncidentError(str(error).rstrip(".")) from None
    if not entries or not isinstance(entries[0], Opened) or any(isinstance(each, Opened) for each in entries[1:]):
        raise IncidentError(f"{path}: expected a first line of kind 'opened', and no other of that kind")
    return entries


def _path(folder: Path, identity: str) -> Path:
    if not _ID.fullmatch(identity):
        raise IncidentError(f"{identity!r:.60} is no incident; expected an id like INC-2026-03-01-001")
    return folder / f"{identity}{SUFFIX}"


def _id(path: Path) -> re.Match[str]:
    found = _ID.fullmatch(path.stem)
    if found is None:
        raise IncidentError(f"{path}: its name is no incident's; expected one like INC-2026-03-01-001{SUFFIX}")
    return found


def _known(folder: Path) -> str:
    ids = sorted(path.stem for path in folder.glob(f"INC-*{SUFFIX}"))
    return f"the newest is {ids[-1]}" if ids else "the folder has none"


def _line(entry: AnyEntry) -> str:
    return entry.model_dump_json() + "\n"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=LOCK_S):
            yield
    except Timeout:
        raise IncidentError(f"{folder}: another process has held its lock for {LOCK_S:g} s; try again") from None
    except OSError as error:
        raise IncidentError(f"{folder}: cannot be used: {error.strerror or error}") from None
