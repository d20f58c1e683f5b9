"""A Redis that still runs and takes every connection, and never answers on one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.drill.scenario import Confirmation, Fault
from scenarios.faults import settings

if TYPE_CHECKING:
    from drills.drill.system import System

PATIENCE_S = 11
"""As most clients of Redis are shipped, the backend trusts it to answer; it gives up only after this long."""
TIMED_OUT = 124
"""What timeout(1) exits with."""


class HungCache(Fault):
    """Stop the process of Redis where it stands, under a backend that waits for its cache instead of doing without.

    Nothing refuses a connection and nothing is lost: each session, each counted request and each cached answer is
    asked for and waited for, until the backend's patience ends.
    """

    name = "hung cache"
    # Healing begins with emptying it, and waits for nobody who was found unhealthy: a restart is looked at afresh.
    undo: tuple[str, ...] = ("docker kill --signal CONT redis", "docker-compose restart redis")

    def prepare(self, system: System) -> None:
        """Make the backend patient."""
        settings.change(system, REDIS_ANSWER_S=PATIENCE_S)
        settings.apply(system, "backend")

    def inject(self, system: System) -> None:
        """Stop the process."""
        system.stack.sandbox.check_output(f"docker kill --signal STOP {system.service('cache')}")

    def confirm(self, system: System) -> Confirmation:
        """Ask Redis itself, from its own container."""
        ping = system.stack.run(f"docker exec {system.service('cache')} timeout 1 redis-cli ping")
        return Confirmation(
            ok=ping.exit == TIMED_OUT,
            channel="redis-cli ping",
            expected="no answer within a second",
            seen=ping.output.strip() or f"no answer, exit {ping.exit}",
        )
