"""Which files of a project its sandbox needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drills.adopt.notes import Note, left_out
from drills.compose.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.compose.derived import Derived
    from drills.compose.service import Service

STORES = frozenset({Kind.POSTGRES, Kind.MYSQL, Kind.REDIS, Kind.S3, Kind.STORE})
CONFIGURES = ("/docker-entrypoint-initdb.d", "/etc", "/usr/local/etc", "/opt")
"""Where a store reads its configuration; what else is mounted into it is its data."""
_WORD = re.compile(r"(?<![\w/])@?(?:\./)?\w[\w./-]*")
HEAVY = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".mypy_cache", ".pytest_cache"})
OF_THE_MACHINE = ("/sys", "/proc", "/dev", "/run", "/var/run", "/etc", "/var/lib/docker", "/var/log", "/tmp")  # noqa: S108


@dataclass(frozen=True)
class Wanted:
    """A path that a service of the project asks for, and *why* it is not given, empty where it is."""

    path: Path
    what: str
    why_not: str = ""


def source_files(told: Derived, into: Path, texts: Iterable[str] = ()) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    """Return the paths below the project's folder that a sandbox needs, and a note of each that it does not get.

    *into* is the suite's own folder, of which nothing is needed; *texts* are the commands of the runbook.
    """
    folder = told.project.folder
    wanted = [Wanted(file.resolve(), "a compose file") for file in told.project.files]
    wanted += [each for service in told.project.services for each in _of_service(service, told)]
    wanted += [Wanted(path, "a command of the runbook names it") for path in _named(texts, folder)]
    notes, given = [], []
    for each in dict.fromkeys(wanted):
        why_not = each.why_not or _why_not(each.path, folder)
        if why_not:
            notes.append(left_out(f"{_shown(each.path, folder)} ({each.what})", why_not))
        else:
            given.append(each.path)
    return tuple(_outermost(_listed(given, folder, into.resolve()), folder)), tuple(dict.fromkeys(notes))


def _of_service(service: Service, told: Derived) -> Iterator[Wanted]:
    if service.built_in:
        yield Wanted(service.built_in, f"{service.name} is built from it")
    for file in service.raw.get("env_file") or ():
        path = Path(file["path"] if isinstance(file, dict) else str(file))
        yield Wanted(told.project.folder / path, f"settings of {service.name}")
    data = told.kinds[service.name].kind in STORES
    for mount in service.mounts:
        if mount.kind == "bind":
            is_data = data and not mount.target.startswith(CONFIGURES)
            why = "it holds data of the store, and a sandbox begins without any" if is_data else ""
            yield Wanted(Path(mount.source), f"mounted into {service.name}", why)


def _named(texts: Iterable[str], folder: Path) -> Iterator[Path]:
    """Yield what commands name of the project's folder: a script with the folder that it is in, or another file."""
    for word in (word for text in texts for word in _WORD.findall(text)):
        path = (folder / word.removeprefix("@")).resolve()
        if path.is_relative_to(folder) and path != folder and path.exists() and path.name not in HEAVY:
            yield path.parent if path.parent != folder and path.is_file() else path


def _why_not(path: Path, folder: Path) -> str:
    if not path.is_relative_to(folder):
        if any(path.is_relative_to(part) for part in OF_THE_MACHINE):
            return "it is a part of the machine, and in a sandbox it is the sandbox's own"
        return f"it lies outside of {folder.name}, and a sandbox gets nothing from there; mount a copy within it"
    return "" if path.exists() else "it is not there; Compose would make an empty folder of it"


def _listed(paths: Iterable[Path], folder: Path, into: Path) -> Iterator[Path]:
    """Yield each path; in place of the whole project, what lies in its folder and is no tool's own."""
    for path in paths:
        if path == folder:
            yield from (each for each in sorted(folder.iterdir()) if each.name not in HEAVY and each != into)
        else:
            yield path


def _outermost(paths: Iterable[Path], folder: Path) -> list[str]:
    """Return the paths as the descriptor writes them, without those that lie in another one."""
    every = list(dict.fromkeys(paths))
    outer = [path for path in every if not any(path != other and path.is_relative_to(other) for other in every)]
    return [path.relative_to(folder).as_posix() for path in outer if path != folder / ".env"]


def _shown(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
