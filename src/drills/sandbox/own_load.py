"""What a run itself computes on this machine: its processes, and its sandboxes with all that runs inside them."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docker
from docker.errors import APIError, DockerException

from drills.sandbox.labels import OWNER, everything_ours

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")
NANO = 1e9


def own_s(root: int) -> dict[str, float]:
    """Return the processor seconds of *root* with all processes that come from it, and of each of their sandboxes."""
    family = dict(_family(root))
    return {"processes": sum(family.values())} | _sandboxes_s(set(family))


def between_s(before: dict[str, float], after: dict[str, float]) -> float:
    """Return what was computed between two calls of `own_s`, in seconds; a sandbox that has gone counts no more."""
    return sum(max(0.0, seconds - before.get(part, 0.0)) for part, seconds in after.items())


def _family(root: int) -> Iterator[tuple[int, float]]:
    """Yield each process that comes from *root*, itself included, with its seconds and those of its ended children."""
    seconds: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        pid = int(path.parent.name)
        children.setdefault(int(fields[1]), []).append(pid)
        seconds[pid] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid, seconds.get(pid, 0.0)
        waiting += children.get(pid, [])


def _sandboxes_s(pids: set[int]) -> dict[str, float]:
    """Return the processor seconds of each sandbox that these processes own, with all that runs inside it."""
    try:
        with closing(docker.from_env()) as client:
            containers = client.containers.list(filters=everything_ours(), ignore_removed=True)
            used = {str(each.id): _used_s(client, str(each.id)) for each in containers if _owner(each.labels) in pids}
    except (DockerException, OSError):  # a busy engine that does not answer in time is an OSError
        return {}  # what sandboxes take counts as others', so there are fewer slots, never more
    return {name: seconds for name, seconds in used.items() if seconds is not None}


def _owner(labels: dict[str, str]) -> int:
    _, pid, *_ = [*labels.get(OWNER, "").split("/"), ""]
    return int(pid) if pid.isdecimal() else 0


def _used_s(client: docker.DockerClient, container: str) -> float | None:
    """Return what a sandbox computed in all; None where that is not known: 0 would count all of it again next time."""
    try:
        stats: Any = client.api.stats(container, stream=False, one_shot=True)
    except APIError:
        return None
    return float(stats["cpu_stats"]["cpu_usage"]["total_usage"]) / NANO
