"""A container whose process was killed and which stays down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

# The engine starts a crashed container again, and where that start fails it does not try a second time. During the
# crash there is no policy, which has the effect of a failed start; afterwards the container has its policy again.
CRASH = (
    "policy=$(docker inspect -f '{{{{.HostConfig.RestartPolicy.Name}}}}' {name})"
    " && docker update --restart=no {name} > /dev/null"
    " && kill -KILL \"$(docker inspect -f '{{{{.State.Pid}}}}' {name})\""
    " && docker wait {name}"
    " && docker update --restart=$policy {name}"
)
STATE = "docker inspect -f '{{{{.State.Status}}}}, exit code {{{{.State.ExitCode}}}}' {name}"
STAYS_DOWN = "exited, exit code 137"


class ContainerCrashed(Fault):
    """Kill the process of the container in *role*, and leave the container stopped."""

    name = "container crashed"

    def __init__(self, role: str) -> None:
        self._role = role

    def inject(self, system: System) -> None:
        """Send SIGKILL as the kernel would, and wait until the engine has seen the process end."""
        system.stack.sandbox.check_output(CRASH.format(name=system.service(self._role)))

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine how the container ended."""
        seen = system.stack.sandbox.run(STATE.format(name=system.service(self._role))).output.strip()
        return Confirmation(ok=seen == STAYS_DOWN, channel="docker inspect", expected=STAYS_DOWN, seen=seen)
