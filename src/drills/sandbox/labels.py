"""The labels by which everything this project creates can be found again, and removed, and nothing else."""

from __future__ import annotations

import os
import socket
from pathlib import Path

PROJECT = "runbook-drills"
LABEL = "runbook-drills.part"
OWNER = "runbook-drills.owner"
KEPT = "runbook-drills.kept"
STACK = "runbook-drills.stack"


def label(name: str) -> dict[str, str]:
    """Label an image, a volume or a container as our *name*: base, sandbox, store."""
    return {LABEL: name}


def everything_ours() -> dict[str, str | list[str] | bool]:
    """Filter for the engine's list calls: all that carries our label, whatever its value."""
    return {"label": LABEL}


def this_owner() -> str:
    """Name this process so that a later run can tell whether it still lives: host, pid, start time."""
    return _owner(os.getpid())


def owner_is_gone(owner: str) -> bool:
    """Tell whether the process that *owner* names has ended. One of another host is never judged."""
    host, _, rest = owner.partition("/")
    pid, _, _start = rest.partition("/")
    return host == socket.gethostname() and pid.isdigit() and _owner(int(pid)) != owner


def _owner(pid: int) -> str:
    return f"{socket.gethostname()}/{pid}/{_start_ticks(pid)}"


def _start_ticks(pid: int) -> str:
    # A pid alone is reused after a reboot or a wrap-around; the start time in clock ticks is not.
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return "gone"
    state, *fields = stat.rpartition(")")[2].split()
    # A killed process that its parent has not asked after yet keeps its entry, and does nothing any more.
    return "gone" if state in "ZX" else fields[18]
