"""A disk that years of leftovers have filled to the last byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

EXPORTS = ("export-1", "export-2", "export-3", "export-4")
"""Containers of one-off exports, which nobody removed when they had ended."""
FREE_KIB = "df -k --output=avail $(docker info -f '{{.DockerRootDir}}') | tail -n 1"
IMAGE = "docker inspect -f '{{{{.Config.Image}}}}' {}"
LEAVE_KIB = 64 * 1024
"""What the large exports leave for the last one, which writes until the disk refuses."""
EXPORT = "docker run --name {} --entrypoint {} {} {}"
KEPT = "/srv/registry.tar"
KEEP = (
    "docker images --format '{{.Repository}}:{{.Tag}}' | grep -vxF \"$(docker ps -a --format '{{.Image}}')\""
    f" | sort > {KEPT}.names && xargs docker save -o {KEPT} < {KEPT}.names"
)
FETCH = f"xargs docker image inspect -f ok < {KEPT}.names > /dev/null 2>&1 || docker load -q -i {KEPT}"


class Leftovers(Fault):
    """Leave stopped containers behind, large ones, until nothing can be written any more.

    The solution deletes images that a deployment would fetch again from its registry: a copy kept outside of that disk
    stands in for one.
    """

    name = "full disk of leftovers"
    undo = (f"docker rm -f {' '.join(EXPORTS)}", FETCH, f"rm -f {KEPT} {KEPT}.names")

    def prepare(self, system: System) -> None:
        """Keep a copy of the images that no container uses."""
        system.stack.sandbox.check_output(KEEP)

    def inject(self, system: System) -> None:
        """Run the exports; the last one ends when its disk is full."""
        image = system.stack.sandbox.check_output(IMAGE.format(system.service("worker"))).strip()
        *large, last = EXPORTS
        share_kib = (_free_kib(system) - LEAVE_KIB) // len(large)
        for name in large:
            system.stack.sandbox.check_output(
                EXPORT.format(name, "fallocate", image, f"-l {share_kib}K /tmp/export.csv")
            )
        system.stack.run(EXPORT.format(last, "dd", image, "if=/dev/zero of=/tmp/export.csv bs=64k"))

    def confirm(self, system: System) -> Confirmation:
        """Ask the file system itself."""
        free = _free_kib(system)
        return Confirmation(ok=free < LEAVE_KIB // 1024, channel="df", expected="a full disk", seen=f"{free} KiB free")


def _free_kib(system: System) -> int:
    return int(system.stack.sandbox.check_output(FREE_KIB))
