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
    """Return the label of an image, a volume or a container of ours; *name* is its part: base, sandbox, store."""
    return {LABEL: name}


def everything_ours() -> dict[str, str | list[str] | bool]:
    """Return the filter of the engine's list calls for all that carries our label, whatever its value."""
    return {"label": LABEL}


def this_owner() -> str:
    """Return a name of this process by which a later run can tell whether it still runs: host, pid, start time."""
    return _owner(os.getpid())


def owner_is_gone(owner: str) -> bool:
    """Tell whether the process that *owner* names has ended; False for a process of another host."""
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
    # A killed process that its parent has not waited for yet has an entry still, and does nothing any more.
    return "gone" if state in "ZX" else fields[18]
