"""A Redis server that was killed and stays down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System


class RedisDown(Fault):
    """Kill the container in the role cache: Redis saves nothing first, and the engine does not start it again."""

    name = "redis down"

    def inject(self, system: System) -> None:
        """Send SIGKILL through the engine, which does not restart a container that it was told to kill."""
        system.stack.sandbox.check_output(f"docker kill $(docker-compose ps -q {system.service('cache')})")

    def confirm(self, system: System) -> Confirmation:
        """Ask Redis from this machine whether it answers."""
        try:
            with system.redis() as redis:
                seen = "PONG" if redis.ping() else "something else"
        except RedisError as error:
            return Confirmation(ok=True, channel="redis PING", expected="no answer", seen=type(error).__name__)
        return Confirmation(ok=False, channel="redis PING", expected="no answer", seen=seen)
