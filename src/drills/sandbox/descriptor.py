"""What the suite needs to know of a stack: a small file beside its compose project."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drills.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Descriptor:
    """A stack: its project files, who plays which part where, and what can be measured and broken in it."""

    name: str
    folder: Path
    project: str
    disk_mib: int
    boot_deadline_s: float
    scalable: tuple[str, ...]
    files: tuple[str, ...]
    settings: str
    secrets: tuple[str, ...]
    rules: str
    windows: Mapping[str, int]
    roles: Mapping[str, str]
    ports: Mapping[str, int]
    database: Mapping[str, str]
    objects: Mapping[str, str]
    certificate: Mapping[str, str]
    queue: str
    quantities: frozenset[str]
    faults: frozenset[str]
    restart: str
    heal: tuple[str, ...]
    snapshot: tuple[str, ...]

    def restart_line(self, role: str) -> str:
        """Return the line that restarts the service in *role*."""
        return self.restart.format(service=self.roles[role])

    def lacks(self, *, quantity: str, fault: str) -> str | None:
        """Return why a drill cannot be held on this stack, in one sentence, or None when it can."""
        if quantity not in self.quantities:
            return f"the stack {self.name!r} does not measure {quantity} (see [offers] in its descriptor)"
        if fault not in self.faults:
            return f"the stack {self.name!r} cannot host the fault {fault!r} (see [offers] in its descriptor)"
        return None


def read(path: Path) -> Descriptor:
    """Read a stack's descriptor; raises SandboxError with one sentence when it is missing or incomplete."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SandboxError(f"{path}: not a readable stack descriptor: {error}") from error
    try:
        return _descriptor(raw, path.parent)
    except KeyError as missing:
        raise SandboxError(f"{path}: the key {missing} is missing.") from missing


def _descriptor(raw: Mapping[str, Any], folder: Path) -> Descriptor:
    return Descriptor(
        name=raw["name"],
        folder=folder,
        project=raw["project"],
        disk_mib=raw["disk_mib"],
        boot_deadline_s=raw["boot_deadline_s"],
        scalable=tuple(raw["scalable"]),
        files=tuple(raw["files"]),
        settings=raw["settings"],
        secrets=tuple(raw["secrets"]),
        rules=raw["rules"],
        windows=raw["windows"],
        roles=raw["roles"],
        ports=raw["ports"],
        database=raw["database"],
        objects=raw["objects"],
        certificate=raw["certificate"],
        queue=raw["queue"]["name"],
        quantities=frozenset(raw["offers"]["quantities"]),
        faults=frozenset(raw["offers"]["faults"]),
        restart=raw["restart"]["line"],
        heal=tuple(raw["heal"]["lines"]),
        snapshot=tuple(raw["snapshot"]["lines"]),
    )
