"""A foreign program on the front door's port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

LISTEN = (
    "mkdir -p /tmp/squatter && setsid -f python3 -m http.server {port} --directory /tmp/squatter > /dev/null 2>&1"
    " && timeout 20 sh -c 'until fuser -s {port}/tcp; do sleep 0.1; done'"
)
"""One line, because the terminal closes with it: a program that has not yet left its session would be hung up."""
WHY = "docker inspect -f '{{{{.State.Status}}}}: {{{{.State.Error}}}}' {name}"
TAKEN = "address already in use"


class Squatter(Fault):
    """Start a web server on the gateway's port while the gateway is stopped, as after a reboot in which it came first.

    The gateway cannot start any more, and Docker does not try again. Killing the program alone brings nothing back.
    """

    name = "port conflict"
    # The bracket keeps the pattern from matching the shell that this line runs in.
    undo = ("pkill -f '[h]ttp.server .*/tmp/squatter'; rm -rf /tmp/squatter",)

    def inject(self, system: System) -> None:
        """Stop the gateway, take its port, and see the gateway fail to start."""
        name, port = system.service("gateway"), system.stack.descriptor.ports["gateway"]
        system.stack.sandbox.check_output(f"docker-compose stop {name}")
        system.stack.sandbox.check_output(LISTEN.format(port=port))
        system.stack.run(f"docker-compose start {name}")

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine why the gateway does not run."""
        seen = system.stack.run(WHY.format(name=system.service("gateway"))).output.strip()
        return Confirmation(
            ok=TAKEN in seen and not seen.startswith("running"),
            channel="docker inspect",
            expected=f"a container that could not start: {TAKEN}",
            seen=seen,
        )
