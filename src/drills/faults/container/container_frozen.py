"""A container whose process is stopped: it accepts connections, and answers on none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

STATE = "sed -n 's/^State:[[:space:]]*//p' /proc/$(docker inspect -f '{{{{.State.Pid}}}}' {name})/status"
STOPPED = "T (stopped)"


class ContainerFrozen(Fault):
    """Stop the process of the container in *role* with SIGSTOP; its memory and its connections stay as they are."""

    name = "container frozen"

    def __init__(self, role: str) -> None:
        self._role = role

    def undo(self, system: System) -> tuple[str, ...]:
        """Continue the process, and restart it: a restart resets the health that the engine has found."""
        descriptor = system.stack.descriptor
        return (f"docker kill --signal CONT {system.service(self._role)}", descriptor.restart_line(self._role))

    def inject(self, system: System) -> None:
        """Send SIGSTOP."""
        system.stack.sandbox.check_output(f"docker kill --signal STOP {system.service(self._role)}")

    def confirm(self, system: System) -> Confirmation:
        """Ask the kernel for the state of the process."""
        seen = system.stack.sandbox.run(STATE.format(name=system.service(self._role))).output.strip()
        return Confirmation(ok=seen == STOPPED, channel="/proc/PID/status", expected=STOPPED, seen=seen)
