"""A disk on which nothing can be written any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault
from drills.faults.host import exports

if TYPE_CHECKING:
    from drills.drill.system import System

LEAVE_KIB = 64 * 1024
"""Space that the large files leave for the last one, which is written until the disk is full."""


class DiskFull(Fault):
    """Leave stopped containers with large files behind until the engine's disk is full.

    The containers are made from the image of the service in *role*, which needs fallocate and dd.
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
        """Write all files but the last with a size, and the last one until the disk is full."""
        *large, last = exports.EXPORTS
        share_kib = (exports.disk_kib(system, "avail") - LEAVE_KIB) // len(large)
        for name in large:
            write = f"fallocate -l {share_kib}K /tmp/export.csv"
            system.stack.sandbox.check_output(exports.line(system, name, self._role, write))
        system.stack.run(exports.line(system, last, self._role, "dd if=/dev/zero of=/tmp/export.csv bs=64k"))

    def confirm(self, system: System) -> Confirmation:
        """Ask df for the free space."""
        free = exports.disk_kib(system, "avail")
        return Confirmation(ok=free < LEAVE_KIB // 1024, channel="df", expected="a full disk", seen=f"{free} KiB free")
