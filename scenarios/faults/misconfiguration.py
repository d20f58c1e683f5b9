"""A configuration that the service refuses to start with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System

SETTING = "DB_POOL_MAX"
"""A setting of the backend that has to be a number."""
WRITE = "sed -i 's/^\\( *{setting}:\\).*/\\1 unlimited/' compose.yaml && docker-compose up -d --no-deps {name}"
STATE = "docker inspect -f 'restarted {{{{.RestartCount}}}} times, exit code {{{{.State.ExitCode}}}}' {name}"


class Misconfiguration(Fault):
    """Write a word where the backend expects a number, and create it from that: it ends as soon as it has read it."""

    name = "configuration error"
    undo = ("git checkout -- compose.yaml",)

    def inject(self, system: System) -> None:
        """Edit the project's configuration, without a commit, and deploy the edit."""
        system.stack.sandbox.check_output(WRITE.format(setting=SETTING, name=system.service("backend")))

    def confirm(self, system: System) -> Confirmation:
        """Ask the engine whether it has had to start the container again."""
        seen = system.stack.run(STATE.format(name=system.service("backend"))).output.strip()
        return Confirmation(
            ok=seen.startswith("restarted") and not seen.startswith("restarted 0"),
            channel="docker inspect",
            expected="a container that ends and is started again",
            seen=seen,
        )
