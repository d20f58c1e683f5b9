"""What checks leave in a system, noted on disk before it is forgotten, so that even a killed run can be cleaned up."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from pathlib import Path

MARK = "SYN"
"""Every name that checks give to something begins with this: module codes, keys, tables, objects."""


class Kind(StrEnum):
    """What may be left behind."""

    JOB = "job"
    OBJECT = "object"
    KEY = "key"
    TABLE = "table"
    SESSION = "session"


def new_tag() -> str:
    """Return a name for something made up, such as SYN3F09A1B2: at most 36 letters and digits."""
    return f"{MARK}{uuid4().hex[:8].upper()}"


@dataclass
class Traces:
    """Notes of one run; *path* is a file of JSON lines, None keeps them in memory only."""

    path: Path | None = None
    _noted: list[tuple[Kind, str]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def note(self, kind: Kind, name: str) -> None:
        """Remember that *name* is about to be left, or was; on disk before this returns."""
        with self._lock:
            self._noted.append((kind, name))
            if self.path is not None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"kind": kind, "name": name}) + "\n")

    def noted(self, kind: Kind) -> tuple[str, ...]:
        """Return the names of that kind."""
        with self._lock:
            return tuple(name for one, name in self._noted if one is kind)
