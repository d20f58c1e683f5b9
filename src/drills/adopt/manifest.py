"""Write the files of a suite again and again without writing over what its owner has changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from drills.common.files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAME = ".adopted.json"
SCHEMA = 1
NEW = ".new"
EXCUSED_DAYS = 90
"""How long the rows without a drill are excused, from the first adoption on."""


class ManifestError(ValueError):
    """A list of written files that cannot be read; the text says which and what to do."""


@dataclass(frozen=True)
class Manifest:
    """The digest of each file as it was last written, by its name, and the last day of what is excused."""

    files: Mapping[str, str]
    until: date


def read(folder: Path, today: date) -> Manifest:
    """Return what was written into *folder* before, nothing where it is new; raises ManifestError."""
    path = folder / NAME
    if not path.exists():
        return Manifest({}, today + timedelta(days=EXCUSED_DAYS))
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["schema"] != SCHEMA:
            raise ManifestError(f"{path}: its schema is {told['schema']!r}, not {SCHEMA}; a newer drills wrote it")
        files = {str(name): str(digest) for name, digest in told["files"].items()}
        return Manifest(files, date.fromisoformat(told["until"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        if isinstance(error, ManifestError):
            raise
        raise ManifestError(f"{path}: not the list of what was written ({error}); remove it to begin again") from None


def write(folder: Path, texts: Mapping[str, str], before: Manifest) -> tuple[str, ...]:
    """Write each text that its owner has not changed, and return a sentence for each that is not as it was.

    A file that was changed stays, and what would be written is beside it, with `.new` behind its name. A file that was
    deleted stays deleted. A file that is no longer made is removed, unless it was changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sentences: list[str] = []
    for name, text in texts.items():
        sentences += _write(folder / name, name, text, before.files.get(name))
    sentences += [sentence for name in before.files.keys() - texts.keys() for sentence in _drop(folder, name, before)]
    listed = {name: _digest(text.encode()) for name, text in texts.items()}
    gone = {name: digest for name, digest in before.files.items() if name not in texts and (folder / name).exists()}
    told = {"schema": SCHEMA, "until": before.until.isoformat(), "files": dict(sorted((gone | listed).items()))}
    write_text(folder / NAME, json.dumps(told, indent=2) + "\n")
    return tuple(sentences)


def _write(path: Path, name: str, text: str, known: str | None) -> Iterator[str]:
    beside = path.with_name(path.name + NEW)
    if not path.exists():
        if known is not None:
            yield f"{name}: it was deleted, and stays deleted; remove its line in {NAME} to have it again"
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
        yield f"{name}: written"
        return
    there = path.read_bytes()
    if there == text.encode():
        beside.unlink(missing_ok=True)
    elif _digest(there) == known:
        write_text(path, text)
        beside.unlink(missing_ok=True)
        yield f"{name}: written anew, as it was not changed"
    else:
        write_text(beside, text)
        yield f"{name}: it was changed and stays as it is; what would be written is in {beside.name}: compare the two"


def _drop(folder: Path, name: str, before: Manifest) -> Iterator[str]:
    path = folder / name
    if not path.exists():
        return
    if _digest(path.read_bytes()) == before.files[name]:
        path.unlink()
        yield f"{name}: removed, as nothing asks for it any more and it was not changed"
    else:
        yield f"{name}: nothing asks for it any more, but it was changed and stays; remove it where you do not need it"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
