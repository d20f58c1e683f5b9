"""What commands may name: containers, services, ports, settings, files, and the words of the project's own sources."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from drills.audit.material import Material
    from drills.audit.project import Project

SOURCES: Final = frozenset(
    [
        ".py",
        ".js",
        ".ts",
        ".tsx",
        ".mjs",
        ".cjs",
        ".sql",
        ".prisma",
        ".go",
        ".rb",
        ".java",
        ".kt",
        ".cs",
        ".php",
        ".rs",
        ".ex",
        ".exs",
        ".sh",
        ".conf",
        ".yml",
        ".yaml",
        ".toml",
        ".json",
    ]
)
LEFT_OUT: Final = frozenset((".git", "node_modules", ".venv", "venv", "__pycache__", "dist", "build"))
LARGEST: Final = 2**20
"""Bytes of a source; a larger one is data."""
MOST: Final = 4000
"""Sources that are read at most."""
_TABLE: Final = re.compile(
    r"create\s+table\s+(?:if\s+not\s+exists\s+)?(?:\"?\w+\"?\.)?[\"'`]?(\w+)|createTable\(\s*[\"'`](\w+)|@@map\(\"(\w+)\"\)"
    r"|__tablename__\s*=\s*[\"'](\w+)|create_table\s+[:\"'](\w+)|@Entity\(\s*[\"'`](\w+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Facts:
    """What there is. *folder* is where commands are typed; *sources* is the text of the project's own files.

    *tables* and *sources* are empty where nothing tells them; *unknown* says so.
    """

    project: Project
    folder: Path
    containers: frozenset[str]
    services: frozenset[str]
    tables: frozenset[str]
    sources: str
    has: Callable[[str], bool]
    settings: frozenset[str]
    unknown: tuple[str, ...]


def facts(material: Material) -> Facts:
    """Return what the project of *material* has; raises AttributeError where it has no project."""
    project = material.project
    if project is None:
        raise AttributeError("a project is needed")
    sources = "\n".join(_sources(project.folder))
    tables = frozenset(name for found in _TABLE.findall(sources) for name in found if name)
    has = material.console.has if material.console else lambda name: shutil.which(name) is not None
    containers = project.containers() | material.aliases
    unknown = [] if tables else ["tables: no source beside the compose file creates one"]
    settings = frozenset(project.settings) | material.secrets if project.settings else frozenset()
    services = frozenset(each.name for each in project.services)
    return Facts(project, project.folder, containers, services, tables, sources, has, settings, tuple(unknown))


def _sources(folder: Path) -> Iterator[str]:
    """Yield the text of each source below *folder*; one that cannot be read has no text."""
    read = 0
    waiting = [folder]
    while waiting and read < MOST:
        for each in sorted(waiting.pop().iterdir()):
            if each.is_dir() and each.name not in LEFT_OUT and not each.is_symlink():
                waiting.append(each)
            elif each.suffix in SOURCES and each.is_file() and each.stat().st_size <= LARGEST:
                read += 1
                yield each.read_text(encoding="utf-8", errors="replace")
