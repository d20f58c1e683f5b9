"""Another program on a service's port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

FOLDER = "/tmp/port-conflict"  # noqa: S108 - in the sandbox, where no other user is
LISTEN = (
    f"mkdir -p {FOLDER} && setsid -f python3 -m http.server {{port}} --directory {FOLDER} > /dev/null 2>&1"
    " && timeout 20 sh -c 'until fuser -s {port}/tcp; do sleep 0.1; done'"
)
"""One line, because the terminal closes with it: a program that has not yet left its session would end with it."""
# The bracket keeps the pattern from matching the shell that this line runs in.
END = f"pkill -f '[h]ttp.server .*{FOLDER}'; rm -rf {FOLDER}"
WHY = "docker inspect -f '{{{{.State.Status}}}}: {{{{.State.Error}}}}' {name}"
TAKEN = "address already in use"


class PortConflict(Fault):
    """Start a web server on the port of the service in *role* while that service is stopped.

    The service can not start any more, and the engine does not try again: ending the program alone restores nothing.
    """

    name = "port conflict"

    def __init__(self, role: str) -> None:
        self._role = role

    def undo(self, system: System) -> tuple[str, ...]:  # noqa: ARG002 - the program is found by its folder
        """End the web server, and remove its folder."""
        return (END,)

    def inject(self, system: System) -> None:
        """Stop the service, take its port, and let the service fail to start."""
        name, port = system.service(self._role), system.stack.descriptor.ports[self._role]
        system.stack.sandbox.check_output(f"docker-compose stop {name}")
        system.stack.sandbox.check_output(LISTEN.format(port=port))
        system.stack.sandbox.run(f"docker-compose start {name}")

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine why the container does not run."""
        seen = system.stack.sandbox.run(WHY.format(name=system.service(self._role))).output.strip()
        return Confirmation(
            ok=TAKEN in seen and not seen.startswith("running"),
            channel="docker inspect",
            expected=f"a container that could not start: {TAKEN}",
            seen=seen,
        )
