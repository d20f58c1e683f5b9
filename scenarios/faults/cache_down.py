"""Redis dies without a word and stays down, as after a kill by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from drills.drill.scenario import Confirmation, Fault

if TYPE_CHECKING:
    from drills.drill.system import System


class KilledCache(Fault):
    """Kill Redis outright: nothing is saved on the way, and the engine does not start again what a person killed."""

    name = "killed cache"

    def inject(self, system: System) -> None:
        """Send it SIGKILL."""
        system.stack.sandbox.check_output(f"docker kill $(docker-compose ps -q {system.service('cache')})")

    def confirm(self, system: System) -> Confirmation:
        """Look from outside whether Redis answers."""
        try:
            with system.redis() as redis:
                seen = "PONG" if redis.ping() else "something else"
        except RedisError as error:
            return Confirmation(ok=True, channel="redis PING", expected="no answer", seen=type(error).__name__)
        return Confirmation(ok=False, channel="redis PING", expected="no answer", seen=seen)
