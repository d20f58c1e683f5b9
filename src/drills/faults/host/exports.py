"""Stopped containers that have left large files on the engine's disk; a helper of the faults, and no fault itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.faults.thresholds import threshold
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.drill.system import System

EXPORTS = ("export-1", "export-2", "export-3", "export-4")
"""Names of the containers; each stands for an export that was run once and never removed."""
NOT_REPEATABLE = "the exports that filled the disk were made by people, and no client makes them again"
KIB = "df -k --output={} $(docker info -f '{{{{.DockerRootDir}}}}') | tail -n 1"
IMAGE = "docker inspect -f '{{{{.Config.Image}}}}' {}"
REGISTRY = "/srv/registry.tar"
KEEP_IMAGES = (
    "docker images --format '{{.Repository}}:{{.Tag}}' | grep -vxF \"$(docker ps -a --format '{{.Image}}')\""
    f" | sort > {REGISTRY}.names && xargs docker save -o {REGISTRY} < {REGISTRY}.names"
)
UNDO = (
    f"docker rm -f {' '.join(EXPORTS)}",
    f"xargs docker image inspect -f ok < {REGISTRY}.names > /dev/null 2>&1 || docker load -q -i {REGISTRY}",
    f"rm -f {REGISTRY} {REGISTRY}.names",
)
"""Lines that remove the containers, and load the images again that a documented command has deleted."""


def keep_images(system: System) -> None:
    """Save the images that no container uses outside of the engine's disk: a deployment fetches them from a registry.

    A documented command may delete them.
    """
    system.stack.sandbox.check_output(KEEP_IMAGES)


def line(system: System, name: str, role: str, command: str, *, options: str = "") -> str:
    """Return a line that runs *command* in a container called *name*, made from the image of the service in *role*."""
    image = system.stack.sandbox.check_output(IMAGE.format(system.service(role))).strip()
    program, _, arguments = command.partition(" ")
    return f"docker run --name {name} {options} --entrypoint {program} {image} {arguments}"


def disk_kib(system: System, column: str) -> int:
    """Return the engine's disk space by df, in KiB; *column* is size, used or avail."""
    return int(system.stack.sandbox.check_output(KIB.format(column)))


def limit(system: System) -> float:
    """Return the used ratio of the disk above which the runbook's alert on resource utilization fires."""
    return threshold(system, Quantity.RESOURCE_UTILIZATION)
