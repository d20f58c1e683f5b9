"""Services that are set up otherwise than as shipped, and the scripts that do it; a helper, and no fault itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.faults.configuration import settings

if TYPE_CHECKING:
    from drills.drill.system import System

DEPLOY = "./scripts/deploy.sh {service} {tag}"
"""Deploys a release of one service."""
CHANGE_SETTING = "./scripts/change-setting.sh {setting} {value}"
"""Changes a setting, and keeps the settings as they were in `.env.previous`."""
FORGET_PREVIOUS = "rm -f .env.previous"


def deploy(system: System, role: str, tag: str) -> None:
    """Deploy the release *tag* of the service in *role*; raises SandboxError when it does not become healthy."""
    system.stack.sandbox.check_output(DEPLOY.format(service=system.service(role), tag=tag))


def remove_line(system: System, *roles: str) -> str:
    """Return a line that removes all containers of the services in *roles*; none has to exist."""
    services = " ".join(system.service(role) for role in roles)
    return f"docker-compose ps -aq {services} | xargs -r docker rm -f"


def recreate(system: System, *roles: str) -> None:
    """Create the containers of the services in *roles* anew, with changed settings, and wait until they are healthy.

    The old ones are removed first: asked for fewer replicas, Compose may keep any of them, and the runbook speaks of
    number 1. No client uses them yet, so none has to end in good order, which takes a worker two seconds.
    """
    services = " ".join(system.service(role) for role in roles)
    system.stack.sandbox.check_output(remove_line(system, *roles))
    system.stack.sandbox.check_output(f"docker-compose up -d --no-deps {services} && ./scripts/await-healthy.sh")


def small_workers(system: System, cpus: float) -> None:
    """Give each worker *cpus* of a core, and check its start more rarely: one health check takes 50 ms of that."""
    settings.change(system, WORKER_CPUS=cpus, WORKER_START_LOOK="2s")
