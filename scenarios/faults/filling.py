"""A disk that fills up with the leftovers of one-off containers, volumes included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation
from scenarios.faults.leftovers import EXPORT, EXPORTS, IMAGE, Leftovers
from scenarios.faults.residence import threshold

if TYPE_CHECKING:
    from drills.drill.system import Site

SIZE_KIB = "df -k --output={} $(docker info -f '{{{{.DockerRootDir}}}}') | tail -n 1"
OVER = 1.08


class FillingDisk(Leftovers):
    """Run one-off exports that nobody removes: what they wrote lies in volumes without a name."""

    name = "filling disk"

    def inject(self, site: Site) -> None:
        """Export until the disk is clearly fuller than the alert allows."""
        image = site.stack.sandbox.must(IMAGE.format(site.service("object_store"))).strip()
        each_kib = round(_kib(site, "size") * threshold(site) * OVER - _kib(site, "used")) // len(EXPORTS)
        for name in EXPORTS:
            site.stack.sandbox.must(EXPORT.format(name, "fallocate", image, f"-l {each_kib}K /data/export.csv"))

    def confirm(self, site: Site) -> Confirmation:
        """Ask the file system itself."""
        share = _kib(site, "used") / _kib(site, "size")
        return Confirmation(
            ok=share > threshold(site), channel="df", expected=f"more than {threshold(site):.0%}", seen=f"{share:.0%}"
        )


def _kib(site: Site, column: str) -> int:
    return int(site.stack.sandbox.must(SIZE_KIB.format(column)))
