"""A disk that is fuller than the runbook allows, and on which everything can still write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault
from drills.faults.host import exports

if TYPE_CHECKING:
    from drills.drill.system import System

OVER = 1.08
"""The used part of the disk, as a multiple of the alert's threshold."""


class DiskPressure(Fault):
    """Leave stopped containers behind whose large files are in volumes without a name.

    The containers are made from the image of the service in *role*, which needs fallocate.
    """

    name = "disk pressure"
    not_repeatable = exports.NOT_REPEATABLE

    def __init__(self, role: str) -> None:
        self._role = role

    def undo(self, system: System) -> tuple[str, ...]:  # noqa: ARG002 - the containers are named here
        """Remove the containers, and load the images that were deleted; healing removes volumes without a name."""
        return exports.UNDO

    def prepare(self, system: System) -> None:
        """Keep a copy of the images that no container uses."""
        exports.keep_images(system)

    def inject(self, system: System) -> None:
        """Write files until the disk is clearly fuller than the alert allows."""
        wanted_kib = exports.disk_kib(system, "size") * exports.limit(system) * OVER
        each_kib = round(wanted_kib - exports.disk_kib(system, "used")) // len(exports.EXPORTS)
        for name in exports.EXPORTS:
            write = f"fallocate -l {each_kib}K /exports/export.csv"
            system.stack.sandbox.check_output(exports.line(system, name, self._role, write, options="-v /exports"))

    def confirm(self, system: System) -> Confirmation:
        """Ask df for the used space."""
        share = exports.disk_kib(system, "used") / exports.disk_kib(system, "size")
        return Confirmation(
            ok=share > exports.limit(system),
            channel="df",
            expected=f"more than {exports.limit(system):.0%}",
            seen=f"{share:.0%}",
        )
