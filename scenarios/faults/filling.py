"""A disk that fills up with the leftovers of one-off containers, volumes included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from scenarios.faults.leftovers import EXPORT, EXPORTS, IMAGE, Leftovers
from scenarios.faults.residence import threshold

if TYPE_CHECKING:
    from drills.drill.system import System

SIZE_KIB = "df -k --output={} $(docker info -f '{{{{.DockerRootDir}}}}') | tail -n 1"
OVER = 1.08


class FillingDisk(Leftovers):
    """Run one-off exports that nobody removes: what they wrote lies in volumes without a name."""

    name = "filling disk"

    def inject(self, system: System) -> None:
        """Export until the disk is clearly fuller than the alert allows."""
        image = system.stack.sandbox.check_output(IMAGE.format(system.service("object_store"))).strip()
        each_kib = round(_kib(system, "size") * threshold(system) * OVER - _kib(system, "used")) // len(EXPORTS)
        for name in EXPORTS:
            system.stack.sandbox.check_output(
                EXPORT.format(name, "fallocate", image, f"-l {each_kib}K /data/export.csv")
            )

    def confirm(self, system: System) -> Confirmation:
        """Ask the file system itself."""
        share = _kib(system, "used") / _kib(system, "size")
        return Confirmation(
            ok=share > threshold(system),
            channel="df",
            expected=f"more than {threshold(system):.0%}",
            seen=f"{share:.0%}",
        )


def _kib(system: System, column: str) -> int:
    return int(system.stack.sandbox.check_output(SIZE_KIB.format(column)))
