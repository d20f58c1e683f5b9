"""A stack that is set up differently from how it is shipped; healing brings the shipped settings back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.drill.system import System

REMOVE = "docker-compose ps -aq {} | xargs -r docker rm -f"
"""Takes away all containers of some services; none has to be there."""


def change(system: System, **values: object) -> None:
    """Write settings to .env, as whoever sets up the stack would; they take effect when a container is created."""
    for name, value in values.items():
        system.stack.sandbox.check_output(
            f"sed -i 's/^{name}=.*/{name}={value}/' .env && grep -q '^{name}={value}$' .env"
        )


def value(system: System, name: str) -> str:
    """Return what .env says of the setting *name*."""
    return system.stack.sandbox.check_output(f"sed -n 's/^{name}=//p' .env").strip()


def small_workers(system: System, cpus: float) -> None:
    """Let each worker have *cpus* of a core, and look more rarely at one that starts: a look takes 50 ms of that."""
    change(system, WORKER_CPUS=cpus, WORKER_START_LOOK="2s")


def apply(system: System, *roles: str) -> None:
    """Create the containers of the services that play *roles* again, with changed settings, and see them healthy.

    The old ones go first: asked for fewer replicas, Compose may keep any of them, and the runbook speaks of number 1.
    Nobody uses them yet, so none has to end in good order, which takes a worker two seconds.
    """
    services = " ".join(system.service(role) for role in roles)
    system.stack.sandbox.check_output(REMOVE.format(services))
    system.stack.sandbox.check_output(f"docker-compose up -d --no-deps {services} && ./scripts/await-healthy.sh")
