"""A container whose process dies and which stays down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

# Docker starts a crashed container again, and where that start fails it does not try a second time. For the moment of
# the crash there is no policy, which stands for the start that fails; afterwards the container is as it was, but down.
CRASH = (
    "docker update --restart=no {name} > /dev/null"
    " && kill -KILL \"$(docker inspect -f '{{{{.State.Pid}}}}' {name})\""
    " && docker wait {name}"
    " && docker update --restart=unless-stopped {name}"
)
STATE = "docker inspect -f '{{{{.State.Status}}}}, exit code {{{{.State.ExitCode}}}}' {name}"
STAYS_DOWN = "exited, exit code 137"


class Crash(Fault):
    """Kill the process of the container that plays *role* in the stack; nobody starts it again."""

    name = "crashed container"

    def __init__(self, role: str) -> None:
        self._role = role

    def inject(self, system: System) -> None:
        """Kill it as the kernel would, and wait until the engine has seen it die."""
        system.stack.sandbox.check_output(CRASH.format(name=system.service(self._role)))

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine how the container ended."""
        seen = system.stack.run(STATE.format(name=system.service(self._role))).output.strip()
        return Confirmation(ok=seen == STAYS_DOWN, channel="docker inspect", expected=STAYS_DOWN, seen=seen)
