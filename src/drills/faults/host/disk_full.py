"""A disk on which nothing can be written any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.common.waiting import wait_until
from drills.drill.scenario import Confirmation, Fault
from drills.faults.host import exports

if TYPE_CHECKING:
    from drills.drill.system import System

LEAVE_KIB = 64 * 1024
"""Space that the large files leave for the last one, which is larger than that."""
LAST_MIB = 256
"""Size of the last file: a store that removes a log or a segment frees no room for others while it is written."""
LAST = (
    "sh -c 'while [ $(stat -c %s /tmp/export.csv || echo 0) -lt "
    f"{LAST_MIB * 2**20} ]; do dd if=/dev/zero bs=1M count=1 >> /tmp/export.csv || sleep 0.3; done'"
)
FULL_S = 60.0
"""How long writing the last file may take, in seconds."""
FULL_KIB = 64


class DiskFull(Fault):
    """Leave stopped containers with large files behind, and one that writes until the engine's disk is full.

    That one also takes the few MiB that are freed later, as an export does that goes on, until its file is whole.
    The containers are made from the image of the service in *role*, which needs fallocate, dd and a shell.
    """

    name = "disk full"
    not_repeatable = exports.NOT_REPEATABLE

    def __init__(self, role: str) -> None:
        self._role = role

    def undo(self, system: System) -> tuple[str, ...]:  # noqa: ARG002 - the containers are named here
        """Remove the containers, and load the images that were deleted."""
        return exports.UNDO

    def prepare(self, system: System) -> None:
        """Keep a copy of the images that no container uses."""
        exports.keep_images(system)

    def inject(self, system: System) -> None:
        """Reserve the space of all files but the last, and wait until the last one has filled the disk."""
        *large, last = exports.EXPORTS
        share_kib = (exports.disk_kib(system, "avail") - LEAVE_KIB) // len(large)
        for name in large:
            write = f"fallocate -l {share_kib}K /tmp/export.csv"
            system.stack.sandbox.check_output(exports.line(system, name, self._role, write))
        system.stack.sandbox.check_output(exports.line(system, last, self._role, LAST, options="-d"))
        wait_until(
            lambda: exports.disk_kib(system, "avail"),
            done=_is_full,
            deadline_s=FULL_S,
            expected=f"less than {FULL_KIB} KiB free",
            where="the disk of the sandbox's engine",
            next_step=f"run `docker logs {last}` in a kept sandbox (--keep)",
        )

    def confirm(self, system: System) -> Confirmation:
        """Ask df for the free space."""
        free = exports.disk_kib(system, "avail")
        return Confirmation(ok=_is_full(free), channel="df", expected="a full disk", seen=f"{free} KiB free")


def _is_full(free_kib: int) -> bool:
    return free_kib < FULL_KIB
