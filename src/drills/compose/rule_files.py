"""Where a project's Prometheus would read one more file of rules."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from drills.compose.service import Mount, Service

CONFIG = "/etc/prometheus/prometheus.yml"
OURS = "drills-runbook.yml"
_FLAG = re.compile(r"--config\.file[= ](?P<path>\S+)")


def rules_file(prometheus: Service, folder: Path) -> str | None:
    """Return a file below *folder* that Prometheus reads and that is not there yet, None where it reads none.

    A pattern of `rule_files` leaves room for it; a file that the owner has is never written over.
    """
    given = _FLAG.search(prometheus.command)
    inside = PurePosixPath(given["path"] if given else CONFIG)
    config = _outside(inside, prometheus.mounts)
    for pattern in _patterns(config) if config else ():
        path = PurePosixPath(pattern) if pattern.startswith("/") else inside.parent / pattern
        name = OURS if fnmatch(OURS, path.name) else f"drills-runbook{path.suffix}"
        found = _outside(path.parent / name, prometheus.mounts) if fnmatch(name, path.name) else None
        if found and found.is_relative_to(folder) and not found.exists():
            return str(found.relative_to(folder))
    return None


def _outside(inside: PurePosixPath, mounts: tuple[Mount, ...]) -> Path | None:
    """Return where a path of the container is on this machine, None where it is on no mount of a folder or a file."""
    for mount in sorted(mounts, key=lambda each: -len(each.target)):
        if mount.kind == "bind" and inside.is_relative_to(mount.target):
            return Path(mount.source) / inside.relative_to(mount.target)
    return None


def _patterns(config: Path) -> list[str]:
    try:
        told: Any = yaml.safe_load(config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return []
    listed = told.get("rule_files") if isinstance(told, dict) else None
    return [str(each) for each in listed] if isinstance(listed, list) else []
